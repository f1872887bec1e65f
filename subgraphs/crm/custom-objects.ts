import type {
  CustomLink,
  CustomObject,
  CustomObjectReads,
  CustomObjectType,
  LinkEnd,
  ObjectListArguments,
} from '../extensions/custom-objects.ts';
import type { ExtensibleFilter } from '../extensions/custom-fields.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import { KINDS, type Named } from './domain.ts';
import { linked, listed } from './lists.ts';
import {
  type CrmLoaders,
  linkLoader,
  type Loader,
  pageLoader,
  type PageLoader,
  recordLoader,
} from './loaders.ts';
import type { CrmProvider, Link, LinkedRequest, ListQuery } from './provider.ts';

/** The reads of custom records, and of records linked with them, for one client request. */
export function createObjectReads(
  provider: CrmProvider,
  request: SubgraphRequest,
  { customerById, companyById, dealById }: CrmLoaders,
): CustomObjectReads {
  const { capabilities } = provider;
  const own = { customer: customerById, company: companyById, deal: dealById };
  const recordsOf = once(
    ({ name }: CustomObjectType) => name,
    (type): Loader<CustomObject> =>
      recordLoader(capabilities, (ids) =>
        provider.objectsById(type, ids, request.wanted(type.name), request),
      ),
  );
  const pagesOf = once(
    ({ name }: CustomObjectType) => name,
    (type): PageLoader<ListQuery<ExtensibleFilter, never>, CustomObject> =>
      pageLoader(recordsOf(type), (query) =>
        provider.objects(type, query, request.wanted(type.name), request),
      ),
  );
  const idsOf = once(
    ({ from, to }: Link) => `${nameOf(from)} ${nameOf(to)}`,
    (link): PageLoader<LinkedRequest, string> => linkLoader(provider, request, link),
  );
  const at = ({ from, to }: Pick<CustomLink, 'from' | 'to'>) => {
    const end = toEnd(to);
    const records: Loader<Named> = typeof end === 'string' ? own[end] : recordsOf(end);
    return { ids: idsOf({ from: toEnd(from), to: end }), records };
  };
  return {
    byId: (type, id) => recordsOf(type).load(id),
    list: (type, { first, after, filter }: ObjectListArguments) =>
      listed(type.name, { first, after, filter }, pagesOf(type), {
        capabilities,
        counted: request.wanted(`${type.name}Connection`).has('totalCount'),
      }),
    linked: (link, id, args) => {
      const { ids, records } = at(link);
      return linked(`${nameOf(link.from)} ${id} ${nameOf(link.to)}`, id, args, ids, records);
    },
    firstLinked: async (link, id) => {
      const { ids, records } = at(link);
      const { entries } = await ids.load({ id, page: { first: 1 } });
      const [entry] = entries;
      if (entry?.item instanceof Error) throw entry.item;
      return entry?.item == null ? null : records.load(entry.item);
    },
  };
}

const nameOf = (end: LinkEnd) => (typeof end === 'string' ? end : end.name);

function toEnd(end: LinkEnd): Link['from'] {
  if (typeof end !== 'string') return end;
  const kind = KINDS[end];
  if (kind === undefined) throw new TypeError(`${end} was expected to be a type of the CRM.`);
  return kind;
}

/** Creates each key's value once. */
function once<Of, Value>(keyOf: (of: Of) => string, make: (of: Of) => Value): (of: Of) => Value {
  const made = new Map<string, Value>();
  return (of) => {
    const key = keyOf(of);
    const value = made.get(key) ?? make(of);
    made.set(key, value);
    return value;
  };
}
