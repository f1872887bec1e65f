import type { ImportedApi } from './import-api.ts';
import { variableName } from './names.ts';
import type { ApiOperation } from './operations.ts';
import type { ApiDocument } from './read-document.ts';
import { authFor } from './source-auth.ts';

/** The policy of a source, as lines of a `graph.yaml`. */
export interface PolicyLines {
  readonly lines: readonly string[];
  /** The environment variables that it needs. */
  readonly variables: readonly string[];
}

export function policyFor(
  document: ApiDocument,
  operations: readonly ApiOperation[],
  { baseUrl }: ImportedApi,
  name: string,
): PolicyLines {
  const auth = authFor(document, operations, name);
  const lines = [
    ...(baseUrl.isKnown
      ? []
      : [`# The document names no host.`, `baseUrl: \${${variableName(name)}_URL}`]),
    ...(auth.remark === undefined ? [] : [`# ${auth.remark}`]),
    ...(auth.text === undefined ? [] : [`auth: ${auth.text}`]),
  ];
  const used = lines.join('\n').matchAll(/\$\{(\w+)\}/g);
  return { lines, variables: [...new Set(Array.from(used, ([, variable = '']) => variable))] };
}
