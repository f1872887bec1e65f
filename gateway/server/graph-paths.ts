/** The routes of the whole graph and of audiences. */
export const GRAPH_PATHS = ['/graphql', '/graphql/:audience'] as const;

/** The routes of the API schema. */
export const SCHEMA_PATHS = ['/schema.graphql', '/schema/:audience.graphql'] as const;

const graph: ReadonlySet<string | undefined> = new Set(GRAPH_PATHS);
const both: ReadonlySet<string | undefined> = new Set([...GRAPH_PATHS, ...SCHEMA_PATHS]);

/** Whether a request's target is a route of the graph. @param target from the request line, without scheme and host */
export const leadsToGraph = (target: string): boolean => /^\/graphql(?:[/?]|$)/.test(target);

export const isGraphPath = (route: string | undefined): boolean => graph.has(route);

export const isGraphOrSchemaPath = (route: string | undefined): boolean => both.has(route);
