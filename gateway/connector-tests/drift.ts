import type { Connector } from '../../subgraphs/connect/connector-file.ts';
import { usesOf } from '../../subgraphs/connect/mapping/mapping.ts';
import type { Value } from '../../subgraphs/connect/mapping/values.ts';
import { type FieldFacts, observe, textsAt } from './field-facts.ts';
import type { OpenApiResponses } from './openapi-responses.ts';
import { placeOf } from './run-test.ts';

/** A difference between an API and its connectors. */
export interface Drift {
  /** Whether clients are affected. */
  readonly breaks: boolean;
  readonly message: string;
}

/** A field that a selection reads. */
interface ReadField {
  readonly path: readonly string[];
  /** Whether the selection handles a missing field. */
  readonly optional: boolean;
}

function fieldsRead({ selection }: Connector): readonly ReadField[] {
  const fields = new Map<string, ReadField>();
  for (const { variable, path, optional } of usesOf(selection)) {
    if (variable !== '$' || path.length === 0) continue;
    const name = path.join('.');
    fields.set(name, { path, optional: optional && (fields.get(name)?.optional ?? true) });
  }
  return [...fields.values()];
}

/** Compares the fields of a selection with the API's specification. */
export function driftOfSpecification(
  connector: Connector,
  document: OpenApiResponses,
): readonly Drift[] {
  const { method, url } = connector.request;
  const base = new URL(connector.source.baseUrl).pathname.replace(/\/$/, '');
  const place = placeOf(connector);
  const operation = document.operation(method, `${base}${url.path}`);
  if (operation === undefined)
    return [
      {
        breaks: true,
        message: `${place} calls ${method} ${url.path}, which the specification does not have`,
      },
    ];
  return fieldsRead(connector).flatMap(({ path, optional }) =>
    operation.field(path) === 'absent'
      ? [
          {
            breaks: !optional,
            message: `${place} reads ${path.join('.')}, which the specification does not have`,
          },
        ]
      : [],
  );
}

/** A body, and its name in messages: "the recording". */
export interface Body {
  readonly value: Value;
  readonly called: string;
}

/** Compares the selected fields of a body with the specification. */
export function driftFromSpecification(
  connector: Connector,
  document: OpenApiResponses,
  { value, called }: Body,
): readonly Drift[] {
  const { method, url } = connector.request;
  const base = new URL(connector.source.baseUrl).pathname.replace(/\/$/, '');
  const operation = document.operation(method, `${base}${url.path}`);
  return fieldsRead(connector).flatMap(({ path }) => {
    const expected = operation?.field(path);
    const actual = observe(value, path);
    if (expected === undefined || expected === 'absent') return [];
    if (actual === undefined || actual === 'absent') return [];
    const name = `${placeOf(connector)}: ${path.join('.')}`;
    const { values } = expected;
    const others = values && [...textsAt(value, path)].filter((text) => !values.has(text));
    return [
      ...typeDrift(name, expected, actual, called, 'the specification'),
      ...(actual.isNullable && !expected.isNullable
        ? [
            {
              breaks: false,
              message: `${name} is null in ${called}, which the specification does not allow`,
            },
          ]
        : []),
      ...(others ?? []).map((text) => ({
        breaks: false,
        message: `${name} is ${JSON.stringify(text)} in ${called}, which the specification does not list`,
      })),
    ];
  });
}

/** Reports selected fields that a body lacks. */
export const driftOfSelection = (connector: Connector, { value, called }: Body): readonly Drift[] =>
  fieldsRead(connector).flatMap(({ path, optional }) =>
    observe(value, path) === 'absent'
      ? [
          {
            breaks: !optional,
            message: `${placeOf(connector)} reads ${path.join('.')}, which ${called} does not have`,
          },
        ]
      : [],
  );

/** Compares the selected fields of a new body with the recorded one. */
export function driftOfBodies(
  connector: Connector,
  recorded: Value,
  fresh: Value,
): readonly Drift[] {
  return fieldsRead(connector).flatMap(({ path }) => {
    const before = observe(recorded, path);
    const now = observe(fresh, path);
    if (before === undefined || before === 'absent' || now === undefined) return [];
    // driftOfSelection() reports it.
    if (now === 'absent') return [];
    const name = `${placeOf(connector)}: ${path.join('.')}`;
    return [
      ...typeDrift(name, before, now, 'the API', 'the recording'),
      ...(now.isNullable && !before.isNullable
        ? [{ breaks: false, message: `${name} can be null at the API, but not in the recording` }]
        : []),
      ...(now.isOptional && !before.isOptional
        ? [
            {
              breaks: false,
              message: `${name} can be missing at the API, but not in the recording`,
            },
          ]
        : []),
    ];
  });
}

function typeDrift(
  name: string,
  expected: FieldFacts,
  actual: FieldFacts,
  called: string,
  other: string,
): readonly Drift[] {
  if (expected.types.size === 0) return [];
  return [...actual.types]
    .filter((type) => !expected.types.has(type))
    .map((type) => ({
      breaks: true,
      message: `${name} is ${WORDS[type]} in ${called}, but ${[...expected.types].map((one) => WORDS[one]).join(' or ')} in ${other}`,
    }));
}

const WORDS = {
  text: 'text',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
  list: 'a list',
} as const;
