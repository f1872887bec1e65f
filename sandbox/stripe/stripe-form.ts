import { notText } from './stripe-errors.ts';

/** Parameters of a query or a form: `created[gte]=1&expand[]=a` is `{ created: { gte: '1' }, expand: { 0: 'a' } }`. */
export interface Params {
  readonly [name: string]: string | Params;
}

/** Reads nested brackets; lists are written `a[]=x&a[]=y` or `a[0]=x&a[1]=y`. */
export function readForm(pairs: Iterable<readonly [string, string]>): Params {
  const root = createNode();
  for (const [name, value] of pairs) place(root, segmentsOf(name), value);
  return root;
}

/** The values of a list; a single value counts as a list of one. */
export function valuesOf(param: string | Params | undefined): string[] {
  if (param === undefined) return [];
  return typeof param === 'string' ? [param] : Object.values(param).flatMap((value) => valuesOf(value));
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

interface Node {
  [name: string]: string | Node;
}

/** Without a prototype: a parameter may be called `constructor`. */
const createNode = () => Object.create(null) as Node; // `Object.create` is typed as any.

function segmentsOf(name: string): [string, ...string[]] {
  const [first = '', ...inner] = name.split('[');
  return [first, ...inner.map((segment) => segment.replace(/\]$/, ''))];
}

function place(node: Node, [first, ...rest]: readonly [string, ...string[]], value: string): void {
  const key = first === '' ? String(Object.keys(node).length) : first;
  const [next, ...others] = rest;
  if (next === undefined) {
    node[key] = value;
    return;
  }
  const inner = node[key];
  const child = typeof inner === 'object' ? inner : createNode();
  node[key] = child;
  place(child, [next, ...others], value);
}
