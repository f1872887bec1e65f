/** Converts names of an API to names of the graph: `order_no` becomes `orderNo`. */

/** Maximum length of a composed name. */
const MAX_NAME = 80;

/** The words of a name: `HTTPStatus_code-v2` has http, status, code and v2. */
export function wordsOf(text: string): readonly string[] {
  const spaced = text
    .slice(0, 300)
    .replace(/^\+(?=\d)/, 'plus ')
    .replace(/^-(?=\d)/, 'minus ')
    .replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
    .replace(/([A-Z])(?=[A-Z][a-z])/g, '$1 ');
  return (spaced.match(/[A-Za-z\d]+/g) ?? []).map((word) => word.toLowerCase());
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** `Order`, `OrderItem`. */
export function typeName(...texts: readonly string[]): string {
  const name = texts.flatMap(wordsOf).map(capitalized).join('').slice(0, MAX_NAME);
  return /^[A-Z]/.test(name) ? name : `Type${name}`;
}

/** `orderNo`; also for arguments. */
export function fieldName(...texts: readonly string[]): string {
  const [first = 'value', ...others] = texts.flatMap(wordsOf);
  const name = [first, ...others.map(capitalized)].join('').slice(0, MAX_NAME);
  return /^[a-z]/.test(name) ? name : `value${name}`;
}

/** `IN_TRANSIT`. */
export function enumValueName(text: string): string {
  const name = wordsOf(text).join('_').toUpperCase().slice(0, MAX_NAME);
  if (name === '') return 'EMPTY';
  return /^[A-Z]/.test(name) ? name : `VALUE_${name}`;
}

/** `BASE_URL` of `base-url`. */
export const variableName = (...texts: readonly string[]): string => enumValueName(texts.join(' '));

/** The name of a subgraph: `order-system`. */
export function subgraphName(text: string): string {
  const words = wordsOf(text).filter(
    (word) => !/^(?:api|apis|rest|openapi|swagger|json|yaml|yml|v\d+)$/.test(word),
  );
  const name = words.slice(0, 4).join('-').slice(0, 40).replace(/-$/, '');
  return /^[a-z]/.test(name) ? name : `api${name === '' ? '' : `-${name}`}`.slice(0, 40);
}

/** A simple rule, sufficient for names of items: `items`, `addresses`, `categories`. */
export function singularOf(name: string): string {
  if (/(?:ss|us|is|news|series)$/i.test(name)) return name;
  if (/ies$/i.test(name)) return name.replace(/ies$/i, 'y');
  if (/(?:ches|shes|sses|xes|zes)$/i.test(name)) return name.slice(0, -2);
  return name.replace(/s$/i, '');
}

/** Makes names unique: `name`, `name2`, `name3`, in the order of the calls. */
export class FreeNames {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  take(name: string): string {
    let free = name;
    for (let number = 2; this.#taken.has(free); number += 1) free = `${name}${String(number)}`;
    this.#taken.add(free);
    return free;
  }
}
