import { CONTROL_METHODS } from './control.ts';
import { LIST_METHODS } from './lists.ts';
import { LOGIC_METHODS } from './logic.ts';
import { type Method, refuseCount } from './method.ts';
import { NUMBER_METHODS } from './numbers.ts';
import { OBJECT_METHODS } from './objects.ts';
import { TEXT_METHODS } from './text.ts';

export type { MethodSite } from './method.ts';

/** All public methods: those of Apollo Router 2.18 in both versions of the language. */
export const METHODS: Readonly<Record<string, Method>> = {
  ...CONTROL_METHODS,
  ...LIST_METHODS,
  ...LOGIC_METHODS,
  ...NUMBER_METHODS,
  ...OBJECT_METHODS,
  ...TEXT_METHODS,
};

/** Methods in the router's sources that no release supports. */
const UNRELEASED = new Set([
  'has',
  'keys',
  'matchIf',
  'match_if',
  'typeof',
  'values',
  'withError',
  'withWarning',
]);

/** @returns why there is no method of this name; undefined if there is one */
export function refuseUnknownMethod(name: string): string | undefined {
  if (Object.hasOwn(METHODS, name)) return undefined;
  if (UNRELEASED.has(name)) return `->${name} is in no release of the language`;
  const names = Object.keys(METHODS).sort().join(', ');
  return `There is no method ->${name.slice(0, 40)}. The methods are ${names}`;
}

/**
 * @param count number of arguments; undefined without parentheses
 * @returns why a call of a method never has a value; undefined if it can, or if the method does not exist
 */
export function refuseArguments(name: string, count: number | undefined): string | undefined {
  const accepts = Object.hasOwn(METHODS, name) ? METHODS[name]?.apply.accepts : undefined;
  return accepts && refuseCount(name, count, accepts);
}
