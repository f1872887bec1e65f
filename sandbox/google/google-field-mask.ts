import type { SandboxVendorRequest } from '../sandbox-vendor.ts';
import { invalidArgument } from './google-responses.ts';

/**
 * The requested fields, as paths; null: all of them.
 * @returns an answer instead, where there are none or an unknown one: https://developers.google.com/maps/documentation/routes/choose_fields
 */
export function readFieldMask(
  { headers, query }: SandboxVendorRequest,
  knownFields: readonly string[],
) {
  const text = headers['x-goog-fieldmask'] ?? query.get('fields') ?? query.get('$fields') ?? '';
  if (text.trim() === '') {
    const message = `FieldMask is a required parameter. See https://cloud.google.com/apis/docs/system-parameters on how to provide it. As an example, you can set the header 'X-Goog-FieldMask' to value '${knownFields.slice(0, 3).join(',')}'. You can also set the value to '*' to get all available response fields.`;
    return { answer: invalidArgument(message) };
  }
  const paths = text.split(',').map((path) => path.trim());
  const unknown = paths.find(
    (path) =>
      path !== '*' &&
      !knownFields.some((known) => isOrLiesIn(path, known) || isOrLiesIn(known, path)),
  );
  if (unknown !== undefined) {
    return {
      answer: invalidArgument(
        `Error expanding 'fields' parameter. Cannot find matching fields for path '${unknown}'.`,
      ),
    };
  }
  return { mask: paths.includes('*') ? null : paths };
}

/** The value with nothing but the fields of the mask; paths lead through lists. */
export function applyFieldMask(value: unknown, mask: readonly string[] | null): unknown {
  if (mask === null) return value;
  if (Array.isArray(value)) return value.map((item) => applyFieldMask(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  const masked = Object.entries(value).flatMap(([name, field]) => {
    const inner = mask.filter((path) => isOrLiesIn(path, name));
    if (inner.length === 0) return [];
    return [
      [
        name,
        inner.includes(name)
          ? (field as unknown)
          : applyFieldMask(
              field,
              inner.map((path) => path.slice(name.length + 1)),
            ),
      ],
    ];
  });
  return Object.fromEntries(masked) as unknown;
}

const isOrLiesIn = (path: string, outer: string) => path === outer || path.startsWith(`${outer}.`);
