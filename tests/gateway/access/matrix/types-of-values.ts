/** Data without its values: two changes have made two things of the same form. Lists may grow. */
export function typesOfValues(data: unknown): unknown {
  if (Array.isArray(data)) return data.slice(0, 1).map(typesOfValues);
  if (typeof data !== 'object' || data === null) return data === null ? null : typeof data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typesOfValues(value)]),
  );
}
