/** The routes of the graph: the whole, and what an audience sees of it. Whatever counts for one counts for both. */
export const GRAPH_PATHS = ['/graphql', '/graphql/:audience'] as const;

/** The routes of the schema that clients see. */
export const SCHEMA_PATHS = ['/schema.graphql', '/schema/:audience.graphql'] as const;

const graph: ReadonlySet<string | undefined> = new Set(GRAPH_PATHS);
const both: ReadonlySet<string | undefined> = new Set([...GRAPH_PATHS, ...SCHEMA_PATHS]);

/** Whether the target of a request is a route of the graph. @param target as the request line has it, without scheme and host */
export const leadsToGraph = (target: string): boolean => /^\/graphql(?:[/?]|$)/.test(target);

export const isGraphPath = (route: string | undefined): boolean => graph.has(route);

export const isGraphOrSchemaPath = (route: string | undefined): boolean => both.has(route);
