import { isObject, objectAt, textAt } from './json.ts';
import { InputTypes } from './inputs.ts';
import { fieldName, FreeNames, typeName } from './names.ts';
import type { ApiOperation } from './operations.ts';
import { asList } from './pages.ts';
import { OutputTypes } from './output-types.ts';
import { type Proposal, proposalsFor } from './proposals.ts';
import type { ApiDocument } from './read-document.ts';
import { type NotImported, readRootFields, type RootField } from './root-fields.ts';
import { Schemas } from './schemas.ts';
import { writeSdl, type WrittenSdl } from './write-sdl.ts';

export interface ImportOptions {
  /** The name of the subgraph and of its source. */
  readonly name: string;
  readonly operations: readonly ApiOperation[];
  /** Prefix of all type names. @default none */
  readonly prefix?: string;
  readonly taken: TakenNames;
  /** Whether to accept a proposal. @default none is accepted */
  readonly accept?: (proposal: Proposal) => boolean;
}

/** Names that the graph uses already. */
export interface TakenNames {
  readonly types: ReadonlySet<string>;
  readonly queries: ReadonlySet<string>;
  readonly mutations: ReadonlySet<string>;
}

export interface ImportedApi extends WrittenSdl {
  readonly baseUrl: BaseUrl;
  readonly fields: readonly RootField[];
  readonly notImported: readonly NotImported[];
  readonly proposals: readonly Proposal[];
  readonly accepted: ReadonlySet<Proposal>;
}

/** Creates a connector file from operations of an API. */
export function importApi(document: ApiDocument, options: ImportOptions): ImportedApi {
  const { name, operations, prefix = '', taken, accept = () => false } = options;
  const renamed: { from: string; to: string }[] = [];
  const types = new FreeNames(RESERVED);
  const own = typeName(name);
  const nameType = (wanted: string) => {
    const requested = `${prefix}${wanted}`;
    const isTaken = taken.types.has(requested) || RESERVED.has(requested);
    const free = types.take(isTaken ? freeOf(`${own}${wanted}`, taken.types) : requested);
    if (isTaken) renamed.push({ from: requested, to: free });
    return free;
  };
  const schemas = new Schemas(document);
  const outputs = new OutputTypes(schemas, nameType);
  const inputs = new InputTypes(schemas, outputs, nameType);
  const roots = { Query: new FreeNames(), Mutation: new FreeNames() };
  const read = readRootFields(
    operations,
    { document, schemas, outputs, inputs },
    (root, wanted) => {
      const known = root === 'Query' ? taken.queries : taken.mutations;
      return roots[root].take(known.has(wanted) ? freeOf(fieldName(name, wanted), known) : wanted);
    },
  );
  const { notImported } = read;
  const proposals = proposalsFor(read.fields);
  const accepted = new Set(proposals.filter(accept));
  const paged = new Map(
    proposals.flatMap((one) =>
      one.kind === 'pages' && accepted.has(one) ? [[one.field, one.pages] as const] : [],
    ),
  );
  const fields = read.fields.map((field) => {
    const pages = paged.get(field);
    return pages === undefined ? field : asList(field, pages);
  });
  const baseUrl = baseUrlOf(document);
  const written = writeSdl({
    name,
    baseUrl: baseUrl.url,
    fields,
    notImported,
    enums: outputs.enums,
    inputs: inputs.all,
    proposals,
    accepted,
    renamed,
  });
  return { ...written, baseUrl, fields, notImported, proposals, accepted };
}

const freeOf = (name: string, taken: ReadonlySet<string>) => new FreeNames(taken).take(name);

/** Names of GraphQL and Federation, and of our graph's types that connectors use. */
const RESERVED = new Set([
  ...['String', 'Int', 'Float', 'Boolean', 'ID', 'Query', 'Mutation', 'Subscription'],
  ...['FieldSet', 'Scope', 'Policy', 'ContextArgument', 'LinkImport', 'LinkPurpose'],
  ...['Date', 'DateTime', 'Decimal', 'CurrencyCode', 'Money'],
]);

export interface BaseUrl {
  readonly url: string;
  /** Whether the document contains a host. */
  readonly isKnown: boolean;
}

/** The first server with a host, with the default values of its variables. */
function baseUrlOf(document: ApiDocument): BaseUrl {
  const { servers } = document.root;
  for (const server of Array.isArray(servers) ? servers.filter(isObject) : []) {
    const variables = objectAt(server, 'variables');
    const url = (textAt(server, 'url') ?? '')
      .slice(0, 2000)
      .replaceAll(
        /\{([^{}]*)\}/g,
        (_all, key: string) => textAt(objectAt(variables, key), 'default') ?? '',
      )
      .replace(/\/$/, '');
    if (!/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/.test(url) || !URL.canParse(url)) continue;
    return { url, isKnown: true };
  }
  return { url: UNKNOWN_HOST, isKnown: false };
}

const UNKNOWN_HOST = 'https://api.example.com';
