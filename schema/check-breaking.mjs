// Fails on breaking changes of the API since the last release (or, before the first release, since the first committed
// API).
// Intended breaking changes are listed in breaking-changes.json, with the reason, until the next release.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const API = 'schema/api.graphql';
const git = (...args) =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

function releasedCommit() {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v*');
  } catch {
    return git('log', '--diff-filter=A', '--format=%H', '--', API).split('\n').at(-1);
  }
}

const commit = releasedCommit();
const before = buildSchema(git('show', `${commit}:${API}`));
const accepted = new Map(
  JSON.parse(readFileSync(new URL('./breaking-changes.json', import.meta.url), 'utf8')).map(
    (one) => [one.change, one.reason],
  ),
);
const changes = await diff(before, buildSchema(readFileSync(API, 'utf8')));
const breaking = changes
  .filter((change) => change.criticality.level === CriticalityLevel.Breaking)
  .map((change) => change.message);
const unnoticed = breaking.filter((change) => !accepted.has(change));
const outdated = [...accepted.keys()].filter((change) => !breaking.includes(change));
for (const change of unnoticed) console.error(`breaks clients since ${commit}: ${change}`);
for (const change of outdated)
  console.error(`schema/breaking-changes.json lists what is no breaking change: ${change}`);
process.exit(unnoticed.length + outdated.length > 0 ? 1 : 0);
