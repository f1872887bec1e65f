import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with a `graph.yaml` and the files that it names. */
export class GraphFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'graph-'));

  get graph(): string {
    return join(this.path, 'graph.yaml');
  }

  /** Writes a file as editors do: another one takes its place. */
  write(name: string, text: string): void {
    const other = join(this.path, `${name}~`);
    writeFileSync(other, text);
    renameSync(other, join(this.path, name));
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The built-in subgraphs, with custom fields and services as given, a line each. */
export const graphYaml = ({
  extend = './crm.fields.graphql',
  services = [],
}: {
  readonly extend?: string;
  readonly services?: readonly string[];
} = {}) =>
  [
    'version: 1',
    'subgraphs:',
    `  crm: { builtin: crm, extend: ${extend} }`,
    '  payments: { builtin: payments }',
    '  maps: { builtin: maps }',
    ...services.map((service) => `  ${service}`),
    '',
  ].join('\n');

/** Custom fields of a customer: text that shows a property which the sandbox has. */
export const textFields = (...names: readonly string[]) =>
  `extend type Customer {\n${names.map((name) => `  ${name}: String @property(name: "loyalty_tier")\n`).join('')}}\n`;
