import { notText } from './stripe-errors.ts';

/** Parameters of a query or a form: `created[gte]=1&expand[]=a` is `{ created: { gte: '1' }, expand: { 0: 'a' } }`. */
export interface Params {
  readonly [name: string]: string | Params;
}

/** Reads nested brackets; lists are written `a[]=x&a[]=y` or `a[0]=x&a[1]=y`. */
export function readForm(pairs: Iterable<readonly [string, string]>): Params {
  const root: Node = new Map();
  for (const [name, value] of pairs) place(root, segmentsOf(name), value);
  return toParams(root);
}

/** The values of a list; a single value counts as a list of one. */
export function valuesOf(param: string | Params | undefined): string[] {
  if (param === undefined) return [];
  return typeof param === 'string'
    ? [param]
    : Object.values(param).flatMap((value) => valuesOf(value));
}

/** A parameter that is one value; refused where it has brackets. */
export function textOf(param: string | Params, name: string): string {
  if (typeof param !== 'string') throw notText(name, JSON.stringify(param));
  return param;
}

/** Names as they are written in messages: `created[gte]`. */
export function namesOf(params: Params, within = ''): string[] {
  return Object.entries(params).flatMap(([key, value]) => {
    const name = within === '' ? key : `${within}[${key}]`;
    return typeof value === 'string' ? [name] : namesOf(value, name);
  });
}

/** A parameter that is being read: what is in it by its key. */
type Node = Map<string, string | Node>;

/** No parameter of the API has more; what is deeper is part of the last one's name. */
const MAX_LEVELS = 8;

function segmentsOf(name: string): [string, ...string[]] {
  const [first = '', ...inner] = name.split('[', MAX_LEVELS);
  return [first, ...inner.map((segment) => segment.replace(/\]$/, ''))];
}

function place(root: Node, segments: readonly [string, ...string[]], value: string): void {
  let node = root;
  segments.forEach((segment, level) => {
    const key = segment === '' ? String(node.size) : segment;
    if (level === segments.length - 1) {
      node.set(key, value);
      return;
    }
    const inner = node.get(key);
    const child: Node = typeof inner === 'object' ? inner : new Map<string, string | Node>();
    node.set(key, child);
    node = child;
  });
}

/** Without a prototype: a parameter may be called `constructor`. */
function toParams(node: Node): Params {
  const params = Object.create(null) as Record<string, string | Params>; // `Object.create` is typed as any.
  for (const [key, value] of node)
    params[key] = typeof value === 'string' ? value : toParams(value);
  return params;
}
