import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { MAX_ENTRIES, parseWire, safeParseWire, wireList, wireMap } from '../../upstream/wire.ts';

const errorOf = (schema: z.ZodType, body: unknown) => {
  const { error } = safeParseWire(schema, body);
  if (error === undefined) throw new Error('There should be an error.');
  return error;
};
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** A schema that counts how often it is asked, and what of it. */
function counting() {
  let asked = 0;
  const text = z.custom<string>((value) => {
    asked += 1;
    return typeof value === 'string';
  });
  return { item: z.object({ id: text, name: text }), asked: () => asked };
}

describe('parsing a valid response', () => {
  it('checks each entry once', () => {
    const { item, asked } = counting();
    const body = { results: times(MAX_ENTRIES, { id: '1', name: 'Ada', unknown: true }) };
    expect(parseWire(z.object({ results: wireList(item) }), body)).toEqual({
      results: times(MAX_ENTRIES, { id: '1', name: 'Ada' }),
    });
    expect(asked()).toBe(2 * MAX_ENTRIES);
  });

  it('keeps every key of a map', () => {
    const map = wireMap((value) => value === null || typeof value === 'string');
    const body: unknown = JSON.parse('{"a":"1","b":null,"__proto__":"c"}');
    expect(parseWire(map, body)).toEqual(body);
  });
});

describe('parsing an invalid response', () => {
  it('ends at the first invalid entry', () => {
    const { item, asked } = counting();
    const body = { results: [{ id: '1', name: 'Ada' }, ...times(MAX_ENTRIES - 1, { a: 1 })] };
    const { issues } = errorOf(z.object({ results: wireList(item) }), body);
    expect(issues.map(({ path }) => path.join('.'))).toEqual(['results.1.id']);
    // The compiled schema asks, and then the one that knows why.
    expect(asked()).toBeLessThanOrEqual(2 * 3);
  });

  it('ends at the first invalid entry of a nested list, of a list without a maximum length, and of alternatives', () => {
    const { item, asked } = counting();
    const schema = z.object({
      data: z.array(z.object({ of: z.union([z.string(), z.object({ rows: z.array(item) })]) })),
    });
    const { issues } = errorOf(schema, { data: times(1000, { of: { rows: times(1000, {}) } }) });
    expect(issues).toHaveLength(1);
    expect(asked()).toBeLessThanOrEqual(2);
  });

  it('refuses a list beyond the maximum length without reading its entries', () => {
    const { item, asked } = counting();
    const { issues } = errorOf(wireList(item), times(1_000_000, {}));
    expect(issues).toMatchObject([{ code: 'too_big', maximum: MAX_ENTRIES }]);
    expect(asked()).toBeLessThanOrEqual(2);
  });

  it('ends at the first invalid value of a map, and its message contains neither the value nor the key', () => {
    let asked = 0;
    const map = wireMap((value): value is string => {
      asked += 1;
      return typeof value === 'string';
    });
    const error = errorOf(
      map,
      Object.fromEntries(
        times(100_000, 0).map((value, index) => [`secret${String(index)}`, value]),
      ),
    );
    expect(error.issues).toMatchObject([{ code: 'custom', path: [] }]);
    expect(asked).toBe(2);
    expect(error.message).not.toContain('secret');
  });

  it.each([[null], [undefined], [[]], ['text'], [1]])('refuses %j in place of a map', (body) => {
    expect(
      errorOf(
        wireMap((value) => typeof value === 'string'),
        body,
      ).issues,
    ).toHaveLength(1);
  });

  it('reports a few issues at most, also of checks that do not end parsing', () => {
    const error = errorOf(wireList(z.string().min(1)), times(MAX_ENTRIES, ''));
    expect(error).toBeInstanceOf(z.ZodRealError);
    expect(error.issues.length).toBeLessThanOrEqual(5);
    expect(error.message.length).toBeLessThan(1500);
  });

  it('throws its issues', () => {
    expect(() => parseWire(z.string(), null)).toThrow(z.ZodRealError);
  });
});
