import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { MapView } from './domain.ts';

/** Puts a picture's description into a path that nobody else can write, so that only pictures of this graph are drawn. */
export interface MapToken {
  write(view: MapView): string;
  /** @returns null for a token that was not written with the same secret. */
  read(token: string): MapView | null;
}

export function createMapToken(secret: string | Uint8Array): MapToken {
  const sign = (content: string) => createHmac('sha256', secret).update(`map.${content}`).digest();
  return {
    write: ({ address, width, height, zoom }) => {
      const content = Buffer.from(JSON.stringify([address, width, height, zoom])).toString('base64url');
      return `${content}.${sign(content).toString('base64url')}`;
    },
    read: (token) => {
      const { content, signature } = TOKEN.exec(token)?.groups ?? {};
      if (content === undefined || signature === undefined) return null;
      if (!timingSafeEqual(sign(content), Buffer.from(signature, 'base64url'))) return null;
      const [address, width, height, zoom] = contentSchema.parse(JSON.parse(Buffer.from(content, 'base64url').toString()));
      return { address, width, height, zoom };
    },
  };
}

/** A SHA-256 signature has 32 bytes: 43 characters of base64url, of which the last carries four bits and two zeros. */
const TOKEN = /^(?<content>[\w-]+)\.(?<signature>[\w-]{42}[AEIMQUYcgkosw048])$/;

const contentSchema = z.tuple([z.string(), z.int(), z.int(), z.int()]);
