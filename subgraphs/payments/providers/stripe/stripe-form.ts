import type { QueryValue } from '../../../../upstream/upstream-request.ts';

/** What a form's field can hold; null is left out. */
export type FormValue = string | number | boolean | null | readonly FormValue[] | { readonly [name: string]: FormValue };

/** Writes what is nested as Stripe reads it: `line_items[0][quantity]=2` (https://docs.stripe.com/api, form-encoded requests). */
export function toForm(value: FormValue, name = ''): Record<string, QueryValue> {
  if (value === null) return {};
  if (typeof value !== 'object') return { [name]: value };
  // An array's keys are its indexes.
  const entries = Object.entries(value as Readonly<Record<string, FormValue>>);
  return Object.assign({}, ...entries.map(([key, inner]) => toForm(inner, name === '' ? key : `${name}[${key}]`))) as ReturnType<
    typeof toForm
  >;
}
