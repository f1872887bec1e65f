import { objectAt } from './json.ts';
import { wordsOf } from './names.ts';
import {
  type ObjectType,
  objectBelow,
  type OutputField,
  type OutputValue,
} from './output-types.ts';
import { type Pages, readPages } from './pages.ts';
import type { Argument, RootField } from './root-fields.ts';

/** Kinds of proposals that a person can accept. */
export const PROPOSAL_KINDS = ['keys', 'batches', 'pages'] as const;
export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

export type Proposal = KeyProposal | BatchProposal | PagesProposal;

interface Proposed {
  readonly field: RootField;
  /** A sentence. */
  readonly reason: string;
}

/** A type whose objects a field of `Query` reads by one argument. */
export interface KeyProposal extends Proposed {
  readonly kind: 'keys';
  readonly type: ObjectType;
  readonly key: OutputField;
  readonly argument: Argument;
}

/** A list that reads many objects of a type by their keys. */
export interface BatchProposal extends Proposed {
  readonly kind: 'batches';
  readonly type: ObjectType;
  readonly key: OutputField;
  readonly argument: Argument;
  readonly maxSize: number;
  /** The property of the response that contains the objects; undefined if the response is the list. */
  readonly list: string | undefined;
}

/** A paged list. */
export interface PagesProposal extends Proposed {
  readonly kind: 'pages';
  readonly pages: Pages;
}

export function proposalsFor(fields: readonly RootField[]): readonly Proposal[] {
  const queries = fields.filter(({ root }) => root === 'Query');
  const keys = new Map<ObjectType, KeyProposal>();
  for (const field of queries) {
    const proposal = keyOf(field);
    if (proposal !== undefined && !keys.has(proposal.type)) keys.set(proposal.type, proposal);
  }
  const batched = new Set<ObjectType>();
  const batches = queries.flatMap((field) => {
    const proposal = batchOf(field, keys);
    if (proposal === undefined || batched.has(proposal.type)) return [];
    batched.add(proposal.type);
    return [proposal];
  });
  return [...keys.values(), ...batches, ...queries.flatMap((field) => pagesOf(field) ?? [])];
}

/** `GET /orders/{id}` that returns one object with an `id`. */
function keyOf(field: RootField): KeyProposal | undefined {
  const { returns, arguments: args, operation } = field;
  const [argument, ...others] = args.filter(({ isRequired }) => isRequired);
  if (returns?.kind !== 'object' || argument?.place !== 'path' || others.length > 0)
    return undefined;
  if (!operation.path.endsWith(`{${argument.key}}`)) return undefined;
  const { type } = returns;
  const wanted = namesOfKey(argument.key, type.name);
  const key = wanted
    .map((name) => type.fields.find((one) => wordsOf(one.key).join('') === name))
    .find((one) => one !== undefined);
  if (key === undefined || !isKeyField(key)) return undefined;
  const reason = `${operation.method} ${operation.path} returns one ${type.name} by ${argument.key}, which it has as ${key.key}.`;
  return { kind: 'keys', field, type, key, argument, reason };
}

/** The parameter's own name, and without the name of the type. */
function namesOfKey(parameter: string, type: string): readonly string[] {
  const name = wordsOf(parameter).join('');
  const ofType = wordsOf(type).join('');
  const short = name.startsWith(ofType) ? name.slice(ofType.length) : name;
  return [...new Set([name, short, ...(/id$/.test(name) || short === '' ? ['id'] : [])])];
}

const DEFAULT_BATCH = 50;

/** `GET /orders?ids=` that returns a list of a type with the property of the parameter. */
function batchOf(
  field: RootField,
  keys: ReadonlyMap<ObjectType, KeyProposal>,
): BatchProposal | undefined {
  const { returns, arguments: args, operation } = field;
  if (
    returns === undefined ||
    args.some(({ isRequired, place }) => isRequired && place !== 'query')
  )
    return undefined;
  const { list, type } = listOf(returns, field.within);
  if (type === undefined) return undefined;
  for (const argument of args) {
    const key = listedKey(argument, type, keys.get(type)?.key);
    if (key === undefined || args.some((one) => one.isRequired && one !== argument)) continue;
    const most = objectAt(argument.parameter, 'schema')['maxItems'];
    const maxSize =
      typeof most === 'number' && Number.isInteger(most) && most >= 1
        ? Math.min(most, 1000)
        : DEFAULT_BATCH;
    const reason = `${operation.method} ${operation.path} returns many objects of ${type.name} by its parameter ${argument.key}.`;
    return { kind: 'batches', field, type, key, argument, maxSize, list, reason };
  }
  return undefined;
}

/** The field whose values a parameter lists: `ids`, `order_ids`, or `numbers` for the item's `item_number`. */
function listedKey(
  { key, place, value, description = '' }: Argument,
  type: ObjectType,
  known: OutputField | undefined,
): OutputField | undefined {
  const isList =
    value.kind === 'list'
      ? value.of.kind === 'scalar'
      : value.kind === 'scalar' && /comma/i.test(description.slice(0, 500));
  if (place !== 'query' || !isList) return undefined;
  const argumentName = wordsOf(key).join('');
  const ofType = wordsOf(type.name).join('');
  return (known === undefined ? type.fields : [known]).find((field) => {
    const name = wordsOf(field.key).join('');
    const short = name.startsWith(ofType) ? name.slice(ofType.length) : name;
    const isNamed = [`${name}s`, `${short}s`, `${ofType}${short}s`].includes(argumentName);
    const isOne = value.kind === 'list' && [name, short].includes(argumentName);
    return (
      short !== '' &&
      isKeyField(field) &&
      (isNamed || isOne) &&
      (known !== undefined || field.isRequired)
    );
  });
}

const isKeyField = ({ value }: OutputField) =>
  value.kind === 'scalar' && ['ID', 'String', 'Int'].includes(value.name);

/** A list of objects: the response itself, or its only list property. */
function listOf(
  value: OutputValue,
  within: string | undefined,
): { readonly list: string | undefined; readonly type: ObjectType | undefined } {
  if (value.kind === 'list') return { list: within, type: objectBelow(value) };
  if (value.kind !== 'object' || within !== undefined) return { list: undefined, type: undefined };
  const lists = value.type.fields.filter(
    (field) => field.value.kind === 'list' && field.value.of.kind === 'object',
  );
  const [list] = lists;
  return list === undefined || lists.length > 1
    ? { list: undefined, type: undefined }
    : { list: list.key, type: objectBelow(list.value) };
}

/** A list with a parameter that, by its name, sets the start of a page. */
function pagesOf(field: RootField): PagesProposal | undefined {
  const { returns, operation } = field;
  const found = returns && listOf(returns, field.within);
  if (returns === undefined || found?.type === undefined) return undefined;
  const pages = readPages(field, returns, found.list);
  if (pages === undefined) return undefined;
  const { policy } = pages;
  const by =
    policy['style'] === 'link'
      ? 'its response has the header Link'
      : `its parameter ${pages.parameters[0] ?? ''} says where a page begins`;
  const next = policy['next'];
  const then =
    typeof next !== 'string' ? '' : `, and ${next} of the response leads to the next one`;
  const reason = `${operation.method} ${operation.path} comes in pages: ${by}${then}.`;
  return { kind: 'pages', field, pages, reason };
}
