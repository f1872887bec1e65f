import { parse } from 'yaml';
import { pagesSchema } from '../../../../subgraphs/connect/pages/pages-policy.ts';
import type { SourcePolicy } from '../../../../subgraphs/connect/source-policy.ts';
import { type ApiRequest, type ApiResponse, startApi } from '../start-api.ts';
import { fuse, HEAD, readFile } from '../start-connectors.ts';

/** A connection of orders, and what reads one of them. */
export const ORDER_TYPES = `
  type Order { id: ID! status: String }
  type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! totalCount: Int }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
`;

/** A field that gives a connection of orders. */
export const ordersField = (http = 'GET: "/orders"') => `
  type Query {
    orders(first: Int! = 20, after: String, status: String): OrderConnection
      @connect(source: "erp", http: { ${http} }, selection: "$.orders { id: orderNo status }")
  }
`;

/** @param yaml is `pages` of the source */
export const readPages = (yaml: string) => pagesSchema.parse(parse(yaml));

/**
 * Starts an API, and a graph of connectors to it.
 * @param pages is YAML
 */
export async function startPages(
  sdl: string,
  pages: string,
  answer: (request: ApiRequest, url: URL) => ApiResponse | Promise<ApiResponse>,
  policy: Partial<SourcePolicy> = {},
) {
  const api = await startApi((request) => answer(request, new URL(request.path, 'http://api')));
  const head = HEAD.replace('"@requires"', '"@requires", "@shareable"');
  const file = readFile(
    `${head} @source(name: "erp", http: { baseURL: "${api.url}/v1" })\n${sdl}`,
    { erp: { ...policy, pages: readPages(pages) } },
  );
  const graph = fuse(file, [], { UPSTREAM_MAX_TRIES: '1' });
  return {
    ...graph,
    api,
    /** The requests as `GET /v1/orders?page=1`. */
    get calls() {
      return api.requests.map(({ method, path }) => `${method} ${path}`);
    },
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

/** Orders with the numbers from 1 to `count`. */
export const numberedOrders = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ orderNo: index + 1, status: 'open' }));

/** Part of a connection, as a query selects it. */
export interface OrdersPart {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
}
