import DataLoader from 'dataloader';
import type { SubgraphResources } from '../../subgraphs/subgraph-resources.ts';
import type { ConnectedSubgraph, SubgraphRequest } from '../../subgraphs/subgraph.ts';
import { createUpstreamClient, type UpstreamClient } from '../../upstream/upstream-client.ts';
import { BATCH } from './api.ts';

/** A hand-written adapter for the warehouse, on the same upstream client as the built-in subgraphs. */
export function createAdapter(
  baseUrl: string,
  sdl: string,
  resources: SubgraphResources,
): ConnectedSubgraph {
  const client = createUpstreamClient({
    service: { name: 'warehouse', title: 'API warehouse' },
    vendor: 'warehouse',
    baseUrl,
    authorize: () => undefined,
    policy: { maxConcurrency: 20 },
    resources,
  });
  const resolvers = {
    Query: {
      items: (_parent: unknown, _arguments: unknown, { loaders }: Context) => loaders.references(),
      allItems: (_parent: unknown, _arguments: unknown, { loaders }: Context) => loaders.all(),
    },
    Item: Object.fromEntries(
      FIELDS.map((field) => [
        field,
        async (
          item: Partial<Item> & Pick<Item, 'number'>,
          _arguments: unknown,
          context: Context,
        ) =>
          item[field] === undefined
            ? ((await context.loaders.item.load(item.number))?.[field] ?? null)
            : item[field],
      ]),
    ),
  };
  return {
    name: 'warehouse',
    serve: () => ({
      name: 'warehouse',
      sdl,
      resolvers,
      createContext: (request) => ({ loaders: createLoaders(client, request) }),
    }),
    close: () => client.close(),
  };
}

const FIELDS = ['article', 'quantity', 'price', 'shelf'] as const;

interface Context {
  readonly loaders: ReturnType<typeof createLoaders>;
}

function createLoaders(client: UpstreamClient, request: SubgraphRequest) {
  const read = (query: Readonly<Record<string, string>>, batchSize?: number) =>
    client.send(
      {
        method: 'GET',
        path: '/items',
        query,
        ...(batchSize !== undefined && { batchSize }),
        // A cast: the warehouse's documentation says so.
        read: (body) => (body as { items: readonly WarehouseItem[] }).items.map(toItem),
      },
      request,
    );
  return {
    references: () =>
      client.send(
        {
          method: 'GET',
          path: '/numbers',
          // A cast: the warehouse's documentation says so.
          read: (body) =>
            (body as { numbers: readonly string[] }).numbers.map((number) => ({ number })),
        },
        request,
      ),
    all: () => read({}),
    item: new DataLoader<string, Item | null>(
      async (numbers) => {
        const items = await read({ numbers: numbers.join(',') }, numbers.length);
        const byNumber = new Map(items.map((item) => [item.number, item]));
        return numbers.map((number) => byNumber.get(number) ?? null);
      },
      { maxBatchSize: BATCH },
    ),
  };
}

interface WarehouseItem {
  readonly item_number: string;
  readonly article_name: string | null;
  readonly quantity: number | null;
  readonly unit_price: string | null;
  readonly currency: string | null;
  readonly warehouse: { readonly shelf_label: string | null } | null;
}

interface Item {
  readonly number: string;
  readonly article: string | null;
  readonly quantity: number | null;
  readonly price: { readonly amount: string; readonly currency: string } | null;
  readonly shelf: string | null;
}

const toItem = (item: WarehouseItem): Item => ({
  number: item.item_number,
  article: item.article_name,
  quantity: item.quantity,
  price:
    item.unit_price === null || item.currency === null
      ? null
      : { amount: item.unit_price, currency: item.currency },
  shelf: item.warehouse?.shelf_label ?? null,
});
