import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { alertExpressions } from './expressions.ts';
import { describeWith } from './tools.ts';

it('each alert is fired in a unit test of the rules', () => {
  const tests = readFileSync('tests/deploy/alerts.yaml', 'utf8');
  const fired = new Set(
    Array.from(
      tests.matchAll(/labels: 'ALERTS\{alertname="(\w+)"/g),
      ([, name]) => `alert ${String(name)}`,
    ),
  );
  expect(new Set(alertExpressions().map(({ where }) => where))).toEqual(fired);
});

describeWith('promtool')('the alert rules', () => {
  it.each([
    ['are valid', ['check', 'rules', 'deploy/prometheus/alerts.yaml']],
    [
      'fire, and do not fire, as their unit tests say',
      ['test', 'rules', 'tests/deploy/alerts.yaml'],
    ],
    [
      'are read by the configuration of the compose file',
      ['check', 'config', 'deploy/prometheus/prometheus.yaml'],
    ],
  ])('%s', (_title, args) => {
    expect(execFileSync('promtool', args, { encoding: 'utf8' })).toContain('SUCCESS');
  });
});
