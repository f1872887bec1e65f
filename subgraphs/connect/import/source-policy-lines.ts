import type { ImportedApi } from './import-api.ts';
import { variableName } from './names.ts';
import type { ApiOperation } from './operations.ts';
import type { Proposal } from './proposals.ts';
import type { ApiDocument } from './read-document.ts';
import { authFor } from './source-auth.ts';

/** The policy of a source, as lines of a `graph.yaml`. */
export interface PolicyLines {
  readonly lines: readonly string[];
  /** The environment variables that it uses. */
  readonly variables: readonly string[];
}

export function policyFor(
  document: ApiDocument,
  operations: readonly ApiOperation[],
  { baseUrl, proposals, accepted }: ImportedApi,
  name: string,
): PolicyLines {
  const auth = authFor(document, operations, name);
  const lines = [
    ...(baseUrl.isKnown
      ? []
      : [`# The document names no host.`, `baseUrl: \${${variableName(name)}_URL}`]),
    ...(auth.remark === undefined ? [] : [`# ${auth.remark}`]),
    ...(auth.text === undefined ? [] : [`auth: ${auth.text}`]),
    ...pagesLines(proposals.filter((one) => accepted.has(one))),
  ];
  const used = lines.join('\n').matchAll(/\$\{(\w+)\}/g);
  return { lines, variables: [...new Set(Array.from(used, ([, variable = '']) => variable))] };
}

/** `pages`, by field. A batch uses the pages of its list, too. */
function pagesLines(accepted: readonly Proposal[]): readonly string[] {
  const entries = accepted.flatMap((one) => {
    if (one.kind !== 'pages') return [];
    const { field, pages } = one;
    const batches = accepted.flatMap((other) =>
      other.kind === 'batches' && other.field === field ? [other.type.name] : [],
    );
    return [`Query.${field.name}`, ...batches].map((name) => `  ${name}: ${flow(pages.policy)}`);
  });
  return entries.length === 0 ? [] : ['pages:', ...entries];
}

/** Writes one line of YAML. */
const flow = (policy: Readonly<Record<string, unknown>>) =>
  `{ ${Object.entries(policy)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(', ')} }`;
