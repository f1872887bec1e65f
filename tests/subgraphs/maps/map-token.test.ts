import { describe, expect, it } from '@jest/globals';
import { createMapToken } from '../../../subgraphs/maps/map-token.ts';

const view = { address: 'Grüner Weg 1, 10115 Berlin', width: 640, height: 1, zoom: 21 };
const mapToken = createMapToken('a secret');

describe('a map token', () => {
  it('reads back as what it was written for', () => {
    expect(mapToken.read(mapToken.write(view))).toEqual(view);
  });

  it('fits into one part of a path', () => {
    expect(mapToken.write(view)).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  it('is nothing when any character of it is changed, left out or put in', () => {
    const token = mapToken.write(view);
    for (let index = 0; index < token.length; index += 1) {
      const [before, after] = [token.slice(0, index), token.slice(index + 1)];
      const other = token[index] === 'A' ? 'B' : 'A';
      for (const tampered of [before + other + after, before + after, `${before}A${token.slice(index)}`, `${before}.${after}`]) {
        if (tampered !== token) expect([tampered, mapToken.read(tampered)]).toEqual([tampered, null]);
      }
    }
  });

  it('is nothing with another secret, without content or without a signature', () => {
    const [content = '', signature = ''] = mapToken.write(view).split('.');
    expect(createMapToken('another secret').read(mapToken.write(view))).toBeNull();
    for (const token of ['', content, `${content}.`, `.${signature}`, `${content}.${content}`, `${content}.${signature}\n`]) {
      expect(mapToken.read(token)).toBeNull();
    }
  });
});
