/** What to overlook when two shapes are compared. Paths are written as in the differences: `data[].card.exp_month`. */
export interface ShapeExceptions {
  /** Objects whose keys are data, such as `metadata` or a record's `properties`: only the types of their values are compared. */
  readonly maps?: readonly string[];
  /** Path and reason of each difference that is meant; `null` where the recorder met no null is the usual one. */
  readonly meant?: Readonly<Record<string, string>>;
}

/**
 * How answers differ in keys and JSON types from recorded ones, one sentence for each difference; empty where they have the same shape.
 * Values are the wire's: parsed JSON, several of one kind. What is in every recorded object must be in every answered one; what is in no
 * recorded object may be in none; types must be among the recorded ones, unless only null was recorded, which tells nothing.
 */
export function shapeDifferences(
  answered: readonly unknown[],
  recorded: readonly unknown[],
  exceptions: ShapeExceptions = {},
): string[] {
  const found = compare(answered, recorded, '', new Set(exceptions.maps));
  const meant = new Set(Object.keys(exceptions.meant ?? {}));
  return found
    .filter(({ path }) => !meant.has(path))
    .map(({ path, problem }) => `${path === '' ? 'the value' : path} ${problem}`);
}

interface Difference {
  readonly path: string;
  readonly problem: string;
}

function compare(
  answered: readonly unknown[],
  recorded: readonly unknown[],
  path: string,
  maps: ReadonlySet<string>,
): Difference[] {
  if (answered.length === 0 || recorded.every((value) => value === null)) return [];
  const known = new Set(recorded.map(jsonType));
  const foreign = [...new Set(answered.map(jsonType))].filter((type) => !known.has(type));
  const differences = foreign.map((type) => ({
    path,
    problem: `is ${type}, but was recorded as ${[...known].join(' or ')}`,
  }));
  return [
    ...differences,
    ...compare(answered.flatMap(itemsOf), recorded.flatMap(itemsOf), `${path}[]`, maps),
    ...compareObjects(answered.filter(isObject), recorded.filter(isObject), path, maps),
  ];
}

function compareObjects(
  answered: readonly JsonObject[],
  recorded: readonly JsonObject[],
  path: string,
  maps: ReadonlySet<string>,
): Difference[] {
  if (answered.length === 0 || recorded.length === 0) return [];
  if (maps.has(path))
    return compare(
      answered.flatMap(Object.values),
      recorded.flatMap(Object.values),
      `${path}.*`,
      maps,
    );
  return [...new Set([...answered, ...recorded].flatMap(Object.keys))].flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`;
    const [ours, theirs] = [
      answered.filter((object) => key in object),
      recorded.filter((object) => key in object),
    ];
    if (theirs.length === 0) return [{ path: at, problem: 'is answered, but was never recorded' }];
    if (theirs.length === recorded.length && ours.length < answered.length)
      return [{ path: at, problem: 'is missing, but was always recorded' }];
    return compare(
      ours.map((object) => object[key]),
      theirs.map((object) => object[key]),
      at,
      maps,
    );
  });
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
