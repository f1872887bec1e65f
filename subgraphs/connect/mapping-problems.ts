import type { Service } from '../../errors/coded-error.ts';
import type { MappingProblemRecord, RequestScope } from '../../request/request-scope.ts';
import type { UpstreamMonitor } from '../../upstream/upstream-monitor.ts';
import type { Connector } from './connector-file.ts';
import { evaluate, type Mapping, type Problem } from './mapping/mapping.ts';
import type { Maybe } from './mapping/values.ts';
import {
  type NamedMapping,
  requestMappings,
  responseMappings,
  sourceMappings,
} from './used-variables.ts';

/** Applies a mapping of a connector and reports its problems. */
export type Apply = (
  mapping: Mapping,
  input: unknown,
  variables: Readonly<Record<string, unknown>>,
) => Maybe;

/** Applies the mappings of one connector; reports their problems in the metric, the log and the trace of the client's request. */
export class ConnectorMappings {
  readonly #service: Service;
  readonly #connector: Connector;
  readonly #monitor: Pick<UpstreamMonitor, 'mappingFailed'>;
  readonly #places: ReadonlyMap<Mapping, string>;
  readonly #ofRequest: ReadonlySet<Mapping>;

  constructor(
    connector: Connector,
    service: Service,
    monitor: Pick<UpstreamMonitor, 'mappingFailed'>,
  ) {
    this.#service = service;
    this.#connector = connector;
    this.#monitor = monitor;
    const ofSource = sourceMappings(connector.source).map(({ place, mapping }) => ({
      place: `@source ${place}`,
      mapping,
    }));
    this.#places = placesOf([
      ...requestMappings(connector),
      ...responseMappings(connector),
      ...ofSource,
    ]);
    this.#ofRequest = new Set(requestMappings(connector).map(({ mapping }) => mapping));
  }

  /** @param scope the scope of the client's request */
  applyIn =
    (scope: RequestScope): Apply =>
    (mapping, input, variables) => {
      const { value, problems } = evaluate(mapping, input, variables);
      if (problems.length > 0) this.#report(mapping, problems, scope);
      return value;
    };

  /** Reports objects of a union or an interface whose `__typename` is not one of its types. @param path the path of the objects */
  reportUnknownType(path: readonly string[], scope: RequestScope): void {
    this.#record(
      {
        mapping: 'selection',
        kind: 'unknown_type',
        line: 1,
        column: 1,
        path: [...path.filter((name) => !name.startsWith('...')), '__typename'].join('.'),
        count: 1,
      },
      scope,
    );
  }

  #report(mapping: Mapping, problems: readonly Problem[], scope: RequestScope): void {
    const place = this.#places.get(mapping) ?? 'unknown';
    const isOfRequest = this.#ofRequest.has(mapping);
    for (const { kind, line, column, path, count } of problems) {
      // Arguments, headers and claims may be missing. A request has no other input.
      if (kind === 'missing_input' || (kind === 'missing_property' && isOfRequest)) continue;
      // The keys in the mapping, without list indexes.
      const keys = path.filter((part) => typeof part === 'string').join('.');
      this.#record({ mapping: place, kind, line, column, path: keys, count }, scope);
    }
  }

  #record(
    problem: Omit<MappingProblemRecord, 'service' | 'vendor' | 'connector'>,
    scope: RequestScope,
  ): void {
    const record = {
      service: this.#service.name,
      vendor: this.#connector.source.name,
      connector: this.#connector.name,
      ...problem,
      path: problem.path.slice(0, MAX_PATH),
    };
    scope.trace.recordMappingProblem(record);
    this.#monitor.mappingFailed(record);
  }
}

/** Characters. */
const MAX_PATH = 200;

const placesOf = (mappings: readonly NamedMapping[]): ReadonlyMap<Mapping, string> =>
  new Map(mappings.map(({ mapping, place }) => [mapping, place]));
