import type { RequestScope } from '../../request/request-scope.ts';
import type { Variables } from './build-request.ts';
import type { Report } from './report.ts';
import type { Connector, OutsideVariables } from './connector-file.ts';
import { usesOf, type VariableUse } from './mapping/mapping.ts';
import { valueOf } from './objects.ts';
import { requestMappings, responseMappings } from './used-variables.ts';

export const NO_OUTSIDE_VARIABLES: OutsideVariables = { env: {}, claims: [] };

/** `$env` and `$context`, equal for all calls of a client request. */
export const outsideValues = (
  { env, claims }: OutsideVariables,
  { claims: ofCaller = {} }: RequestScope,
): Variables => ({
  $env: env,
  $context: {
    claims: Object.fromEntries(
      claims.flatMap((name) => {
        const value = valueOf(ofCaller, name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
  },
});

/** `$config`: the values of the source in a `graph.yaml`. */
export const configOf = ({
  source,
}: Pick<Connector, 'source'>): Readonly<Record<string, unknown>> => source.policy.config ?? {};

/** Checks that a `graph.yaml` lists the values other than the request that a connector's mappings use. */
export function checkOutsideVariables(
  connector: Connector,
  { env, claims }: OutsideVariables,
  refuse: Report['refuse'],
): void {
  for (const { place, mapping } of [...requestMappings(connector), ...responseMappings(connector)])
    for (const use of usesOf(mapping)) {
      const problem = OUTSIDE[use.variable]?.(use, connector, { env, claims });
      if (problem !== undefined) refuse('UNKNOWN_VARIABLE', place, problem);
    }
}

type Check = (
  use: VariableUse,
  connector: Connector,
  outside: OutsideVariables,
) => string | undefined;

const checkEnv: Check = ({ path: [name] }, _connector, { env }) => {
  if (name === undefined) return 'uses $env as a whole: name the variable, such as $env.REGION';
  return Object.hasOwn(env, name)
    ? undefined
    : `uses $env.${name}, but env of the subgraph in graph.yaml lists ${listOf(Object.keys(env))}`;
};

const checkContext: Check = ({ path: [part, claim] }, _connector, { claims }) => {
  if (part !== 'claims' || claim === undefined)
    return 'uses $context in another way than $context.claims.<name>';
  return claims.includes(claim)
    ? undefined
    : `uses $context.claims.${claim}, but claims of the subgraph in graph.yaml lists ${listOf(claims)}`;
};

const checkConfig: Check = ({ path, optional }, connector) => {
  const [name] = path;
  if (name === undefined) return 'uses $config as a whole: name the value, such as $config.tenant';
  const config = configOf(connector);
  return optional || Object.hasOwn(config, name)
    ? undefined
    : `uses $config.${name}, but sources.${connector.source.name}.config in graph.yaml has ${listOf(Object.keys(config))}`;
};

const OUTSIDE: Readonly<Record<string, Check | undefined>> = {
  $env: checkEnv,
  $context: checkContext,
  $config: checkConfig,
};

const listOf = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
