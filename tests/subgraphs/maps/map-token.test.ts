import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMapToken } from '../../../subgraphs/maps/map-token.ts';

const view = { address: 'Grüner Weg 1, 10115 Berlin', width: 640, height: 1, zoom: 21 };
const linkSeconds = 86_400;
const mapToken = createMapToken({ secret: 'a secret', linkSeconds });

/** A moment at which tokens change. */
const START = new Date('2026-03-01T00:00:00Z').getTime();

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a map token', () => {
  it('decodes to the view that it was created for', () => {
    expect(mapToken.read(mapToken.write(view))).toEqual(view);
  });

  it('fits into one segment of a path, also with the longest address', () => {
    for (const address of [
      'x'.repeat(500),
      '\u0001'.repeat(500),
      '\ud800'.repeat(500),
      '€'.repeat(500),
      '"'.repeat(500),
    ]) {
      const token = mapToken.write({ ...view, address });
      expect(token).toMatch(/^[\w-]{1,4200}$/);
      expect(mapToken.read(token)).toEqual({ ...view, address });
    }
  });

  it('does not contain the address', () => {
    const token = mapToken.write(view);
    for (const encoding of ['base64url', 'base64', 'utf8', 'latin1', 'hex'] as const) {
      expect(Buffer.from(token, encoding).toString('latin1')).not.toMatch(/Weg|Berlin|10115/);
    }
  });

  it('is the same for the same view until its window ends, and another for another view', () => {
    const token = mapToken.write(view);
    jest.setSystemTime(START + (linkSeconds / 4) * 1000 - 1);
    expect(mapToken.write(view)).toBe(token);
    expect(createMapToken({ secret: 'a secret', linkSeconds }).write(view)).toBe(token);
    expect(mapToken.write({ ...view, zoom: 20 }).slice(0, 16)).not.toBe(token.slice(0, 16));
    jest.setSystemTime(START + (linkSeconds / 4) * 1000);
    expect(mapToken.write(view)).not.toBe(token);
  });

  it('expires after the link time, and not before three quarters of it', () => {
    jest.setSystemTime(START + (linkSeconds / 4) * 1000 - 1);
    const token = mapToken.write(view);
    jest.setSystemTime(START + linkSeconds * 1000 - 1);
    expect(mapToken.read(token)).toEqual(view);
    jest.setSystemTime(START + linkSeconds * 1000);
    expect(mapToken.read(token)).toBeNull();
  });

  it('is refused when any character of it is changed, left out or put in', () => {
    const token = mapToken.write(view);
    for (let index = 0; index < token.length; index += 1) {
      const [before, after] = [token.slice(0, index), token.slice(index + 1)];
      const other = token[index] === 'A' ? 'B' : 'A';
      for (const tampered of [
        before + other + after,
        before + after,
        `${before}A${token.slice(index)}`,
        `${before}.${after}`,
      ]) {
        if (tampered !== token)
          expect([tampered, mapToken.read(tampered)]).toEqual([tampered, null]);
      }
    }
  });

  it('is refused with another secret, cut at any length, or padded', () => {
    const token = mapToken.write(view);
    expect(createMapToken({ secret: 'another secret', linkSeconds }).read(token)).toBeNull();
    for (let length = 0; length < token.length; length += 1)
      expect(mapToken.read(token.slice(0, length))).toBeNull();
    for (const padded of [`${token}=`, `${token}\n`, ` ${token}`, `${token}.`])
      expect(mapToken.read(padded)).toBeNull();
  });
});
