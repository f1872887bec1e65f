// Writes docs/access-table.md: the scopes of each field, from the directives of the committed supergraph.
// Run by `npm run generate`; CI fails if the committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { isObjectType, buildSchema, parse } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { type Condition, readAccessRules } from '../gateway/supergraph/access-rules.ts';

const read = (name: string) => readFileSync(new URL(`./${name}.graphql`, import.meta.url), 'utf8');
const rules = readAccessRules(parse(read('supergraph')));

/** `a` and `b`, or `c`; all conditions must hold. */
const describe = (conditions: readonly Condition[]) =>
  conditions
    .map((one) =>
      one.kind === 'authenticated'
        ? 'a credential'
        : one.anyOf.map((names) => names.map((name) => `\`${name}\``).join(' and ')).join(', or '),
    )
    .join('; ');

const rows: string[] = [];
for (const type of Object.values(buildSchema(read('api')).getTypeMap())) {
  if (!isObjectType(type)) continue;
  const ofType = describe(rules.ofType(type.name));
  if (ofType !== '') rows.push(`| \`${type.name}\` | all | ${ofType} |`);
  const byNeed = new Map<string, string[]>();
  for (const field of Object.keys(type.getFields())) {
    const need = describe(rules.ofField(type.name, field));
    if (need !== '') byNeed.set(need, [...(byNeed.get(need) ?? []), `\`${field}\``]);
  }
  for (const [need, fields] of byNeed)
    rows.push(`| \`${type.name}\` | ${fields.join(' ')} | ${need} |`);
}

const file = new URL('../docs/access-table.md', import.meta.url);
const text = `# Scopes of each field

\`npm run generate\` writes this page from the directives in \`schema/\`. Fields that are not listed need
no scope. A forbidden field causes no vendor call.

| type | fields | scopes that a caller needs |
| --- | --- | --- |
${rows.join('\n')}
`;
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
