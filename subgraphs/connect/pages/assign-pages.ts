import type { DocumentNode, FieldDefinitionNode } from 'graphql';
import type { Connector } from '../connector-file.ts';
import { fieldsProvidedBy } from '../mapping-fields.ts';
import { listOf, type ObjectTypes, readObjectTypes } from '../object-types.ts';
import type { PolicyProblem, Problems } from '../problems.ts';
import { checkConnection } from './check-connection.ts';
import type { ConnectorPages } from './connector-pages.ts';
import type { PagesPolicy } from './pages-policy.ts';

export interface AssignedPages {
  readonly connectors: readonly Connector[];
  readonly policyProblems: readonly PolicyProblem[];
}

/**
 * Assigns to connectors the `pages` entries of their sources' policies.
 * @param problems receives problems of such a field in the SDL; problems of a name are returned
 */
export function assignPages(
  document: DocumentNode,
  connectors: readonly Connector[],
  problems: Problems,
): AssignedPages {
  const assignment = new Assignment(document, problems);
  const assigned = connectors.map((connector) => assignment.assign(connector, connectors));
  assignment.checkOthers(assigned);
  const policyProblems = [
    ...assignment.unknownNames(connectors),
    ...assigned.flatMap(unfitProblems),
  ];
  return { connectors: assigned, policyProblems };
}

class Assignment {
  readonly #types: ObjectTypes;
  readonly #problems: Problems;

  constructor(document: DocumentNode, problems: Problems) {
    this.#types = readObjectTypes(document);
    this.#problems = problems;
  }

  assign(connector: Connector, all: readonly Connector[]): Connector {
    // The entry of a type is for its batch connector.
    const isOfBatch =
      connector.field === undefined &&
      connector.batchSize === undefined &&
      all.some(({ type, batchSize }) => type === connector.type && batchSize !== undefined);
    const policy = isOfBatch ? undefined : policyOf(connector);
    if (policy !== undefined && all.some((other) => isAlternative(other, connector)))
      this.#refuse(connector, 'must not have pages: it has several connectors');
    const pages = policy && this.#pagesOf(connector, policy);
    return pages === undefined ? connector : { ...connector, pages };
  }

  #pagesOf(connector: Connector, policy: PagesPolicy): ConnectorPages | undefined {
    const { type, field, selection } = connector;
    const noItems = { policy, itemsIn: undefined, itemType: undefined, fields: new Set<string>() };
    const problem = problemOf(connector);
    if (problem !== undefined) this.#refuse(connector, problem);
    else if (field === undefined) return { ...noItems, resultKind: 'batch' };
    const definition = this.#types.get(type)?.get(field ?? '');
    if (problem !== undefined || definition === undefined) return undefined;
    if (listOf(definition.type) !== undefined) return { ...noItems, resultKind: 'list' };
    const checked = checkConnection(definition, this.#types);
    if (checked.problem !== undefined) {
      this.#refuse(connector, checked.problem);
      return undefined;
    }
    const { itemType, fields } = checked;
    const isObject =
      fieldsProvidedBy(selection)?.has('nodes') === true &&
      this.#types.get(itemType)?.has('nodes') !== true;
    return {
      policy,
      resultKind: 'connection',
      itemsIn: isObject ? 'nodes' : undefined,
      itemType: isObject ? undefined : itemType,
      fields: new Set(fields),
    };
  }

  /** Names of entries without a connector of their source. */
  unknownNames(connectors: readonly Connector[]): readonly PolicyProblem[] {
    const bySource = new Map(connectors.map(({ source }) => [source.name, source]));
    return [...bySource.values()].flatMap(({ name: source, policy }) => {
      const own = connectors.filter((connector) => connector.source.name === source);
      const known = [...new Set(own.filter(isList).map(pagesName))];
      return Object.keys(policy.pages ?? {})
        .filter((name) => !own.some((connector) => pagesName(connector) === name))
        .map((name) => ({
          source,
          path: ['pages', name],
          code: 'UNKNOWN_FIELD' as const,
          message: `must be a field or a type that a connector of ${source} reads a list for (${known.join(', ') || 'none'})`,
        }));
    });
  }

  /** Refuses a connector that reads a paged list without a `pages` entry: its first page would look like the whole list. */
  checkOthers(connectors: readonly Connector[]): void {
    for (const connector of connectors) {
      if (connector.pages !== undefined || !isList(connector)) continue;
      // A field with several connectors cannot have pages.
      if (connectors.some((other) => isAlternative(other, connector))) continue;
      const same = connectors.find(
        (other) => other.pages !== undefined && urlOf(other) === urlOf(connector),
      );
      if (same === undefined || !this.#givesList(connector)) continue;
      this.#problems.add(
        'LIST_WITHOUT_PAGES',
        this.#lineOf(connector),
        `${pagesName(connector)} reads the same list as ${pagesName(same)}, which has pages, but has none: it would lose what is behind the first page. Add it to sources.${connector.source.name}.pages; "maxPages: 1" if one page is enough`,
      );
    }
  }

  #givesList({ type, field }: Connector): boolean {
    if (field === undefined) return true;
    const definition = this.#types.get(type)?.get(field);
    return definition !== undefined && listOf(definition.type) !== undefined;
  }

  #refuse(connector: Connector, sentence: string): void {
    this.#problems.add(
      'WRONG_TYPE',
      this.#lineOf(connector),
      `${pagesName(connector)} ${sentence}`,
    );
  }

  #lineOf({ type, field }: Connector): number {
    const fields: ReadonlyMap<string, FieldDefinitionNode> = this.#types.get(type) ?? new Map();
    const [first] = fields.values();
    return (field === undefined ? first : fields.get(field))?.loc?.startToken.line ?? 1;
  }
}

/** Whether both are connectors of one field. */
const isAlternative = (one: Connector, other: Connector) =>
  one !== other && one.field !== undefined && one.type === other.type && one.field === other.field;

function problemOf({ isMutation, entity, field, batchSize }: Connector): string | undefined {
  if (isMutation || entity?.variable === '$args') return 'must not have pages: it reads no list';
  return field === undefined && batchSize === undefined
    ? 'must not have pages: it reads one object by $this, not a list'
    : undefined;
}

function policyOf(connector: Connector): PagesPolicy | undefined {
  const { pages = {} } = connector.source.policy;
  const name = pagesName(connector);
  return Object.hasOwn(pages, name) ? pages[name] : undefined;
}

/** Problems of entries that do not fit their connectors. */
function unfitProblems(connector: Connector): readonly PolicyProblem[] {
  const { pages, request, batchSize, source } = connector;
  if (pages === undefined) return [];
  const { in: place, size, maxPages, maxItems } = pages.policy;
  const path = ['pages', pagesName(connector)];
  const problem = (key: string, message: string): PolicyProblem => ({
    source: source.name,
    path: [...path, key],
    code: 'INVALID_ARGUMENT',
    message,
  });
  const most = Math.min(maxItems, size === undefined ? Infinity : size * maxPages);
  return [
    ...(place === 'body' && request.method === 'GET'
      ? [problem('in', 'must be query: a request with GET has no body')]
      : []),
    ...(batchSize !== undefined && batchSize > most
      ? [
          problem(
            maxItems < batchSize ? 'maxItems' : 'maxPages',
            `must let a batch of ${String(batchSize)} be read, but ${String(maxPages)} pages have at most ${String(most)} objects: raise it, or lower batch.maxSize`,
          ),
        ]
      : []),
  ];
}

/** The connector's name in `pages`. */
const pagesName = ({ type, field }: Connector) => (field === undefined ? type : `${type}.${field}`);

const isList = (connector: Connector) => problemOf(connector) === undefined;

const urlOf = ({ source, request }: Connector) =>
  JSON.stringify([
    source.name,
    request.method,
    request.url.path.replace(/\{\w+\}/g, '{}'),
    request.path?.text,
  ]);
