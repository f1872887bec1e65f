import { importApi, type ImportedApi } from '../../../../subgraphs/connect/import/import-api.ts';
import {
  chooseOperations,
  listOperations,
} from '../../../../subgraphs/connect/import/operations.ts';
import type { Proposal } from '../../../../subgraphs/connect/import/proposals.ts';
import {
  type ApiDocument,
  readDocument,
} from '../../../../subgraphs/connect/import/read-document.ts';
import { takenIn } from '../../../../subgraphs/connect/import/taken-names.ts';

export interface ImportTextOptions {
  /** @default all */
  readonly operations?: readonly string[];
  readonly prefix?: string;
  /** SDL of subgraphs whose names are taken. @default none */
  readonly taken?: readonly string[];
  readonly accept?: (proposal: Proposal) => boolean;
}

/** Imports a document that is in the test. The subgraph is named `erp`. */
export function importText(
  text: string,
  { operations = ['* /**'], prefix = '', taken = [], accept }: ImportTextOptions = {},
): ImportedApi & { readonly document: ApiDocument } {
  const document = readDocument(text, './api.yaml');
  const { chosen } = chooseOperations(listOperations(document), operations);
  const api = importApi(document, {
    name: 'erp',
    operations: chosen,
    prefix,
    taken: takenIn(taken),
    ...(accept !== undefined && { accept }),
  });
  return { ...api, document };
}

/** A document of OpenAPI 3.1. @param paths and schemas are YAML, without indentation */
export const apiDocument = (paths: string, schemas = 'Nothing: {}'): string =>
  [
    'openapi: 3.1.0',
    'info: { title: Test, version: "1" }',
    'servers: [{ url: "https://erp.example.com/v2" }]',
    'paths:',
    indented(paths, '  '),
    'components:',
    '  schemas:',
    indented(schemas, '    '),
  ].join('\n');

const indented = (text: string, indent: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => `${indent}${line}`)
    .join('\n');

/** `GET /thing` that returns a schema. @param schemas are YAML */
export const apiOf = (schemas: string, returned = 'Thing'): string =>
  apiDocument(
    `/thing:
  get:
    operationId: getThing
    responses:
      '200':
        description: Found.
        content: { application/json: { schema: { $ref: '#/components/schemas/${returned}' } } }`,
    schemas,
  );
