import { promisify } from 'node:util';
import {
  brotliCompress,
  brotliCompressSync,
  constants,
  gzip,
  gzipSync,
  type BrotliOptions,
} from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

/** Compresses complete text responses from 1 kB with an encoding that the client accepts (RFC 9110, section 12.5.3). */
export function compressResponses(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const encoding = encodingFor(request, reply, payload);
    if (encoding === undefined) {
      done();
      return;
    }
    // The cast is safe: `encodingFor` returns undefined for other payloads.
    const body = payload as string | Buffer;
    void reply.header('content-encoding', encoding).removeHeader('content-length');
    const { now, later } = COMPRESSORS[encoding];
    if (Buffer.byteLength(body) <= MAX_BYTES_AT_ONCE) done(null, now(body));
    else
      later(body).then(
        (compressed) => {
          done(null, compressed);
        },
        (error: unknown) => {
          done(error instanceof Error ? error : new Error(String(error)));
        },
      );
  });
}

/** A constant text with many readers: compressed once for each encoding, at the highest level. */
export class PreparedText {
  readonly #text: string;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the body, and sets its `content-encoding`. */
  async bodyFor(request: FastifyRequest, reply: FastifyReply): Promise<string | Buffer> {
    const encoding = acceptedEncoding(request.headers['accept-encoding']);
    if (encoding === undefined) return this.#text;
    void reply.header('content-encoding', encoding);
    let compressed = this.#compressed.get(encoding);
    if (compressed === undefined) {
      compressed = COMPRESSORS[encoding].smallest(this.#text);
      this.#compressed.set(encoding, compressed);
    }
    return compressed;
  }
}

type Encoding = 'br' | 'gzip';

/** Smaller bodies gain nothing from compression. */
const MIN_BYTES = 1000;

/** A larger body would block the event loop for about a millisecond. A smaller one is not worth the thread pool. */
const MAX_BYTES_AT_ONCE = 64 * 1024;

const brotli = (quality: number): BrotliOptions => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  },
});

const [compressBrotli, compressGzip] = [promisify(brotliCompress), promisify(gzip)];

const COMPRESSORS = {
  br: {
    now: (body: string | Buffer) => brotliCompressSync(body, brotli(3)),
    later: (body: string | Buffer) => compressBrotli(body, brotli(3)),
    smallest: (body: string) => compressBrotli(body, brotli(11)),
  },
  gzip: {
    now: (body: string | Buffer) => gzipSync(body, { level: 6 }),
    later: (body: string | Buffer) => compressGzip(body, { level: 6 }),
    smallest: (body: string) => compressGzip(body, { level: 9 }),
  },
} satisfies Record<Encoding, unknown>;

/** @returns undefined for a body that is not compressed */
function encodingFor(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Encoding | undefined {
  // Parts of a stream must be sent when they are written.
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return undefined;
  if (Buffer.byteLength(payload) < MIN_BYTES || reply.hasHeader('content-encoding'))
    return undefined;
  if (!COMPRESSIBLE.test(String(reply.getHeader('content-type')))) return undefined;
  return acceptedEncoding(headers['accept-encoding']);
}

/** Excludes event streams and multipart responses, whose parts must not be delayed, and images, which are compressed. */
const COMPRESSIBLE =
  /^(?:application\/(?:json|graphql-response\+json|openmetrics-text)|text\/(?:plain|html|css|javascript))(?:;|$)/;

/** Undefined if the client accepts no known encoding. */
function acceptedEncoding(accepted: string | string[] | undefined): Encoding | undefined {
  if (typeof accepted !== 'string' || accepted === '') return undefined;
  const known = ENCODINGS.get(accepted);
  if (known !== undefined) return known.encoding;
  const negotiator: PreferringNegotiator = new Negotiator({
    headers: { 'accept-encoding': accepted },
  });
  const [best] = negotiator.encodings(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] });
  const encoding = best === 'br' || best === 'gzip' ? best : undefined;
  ENCODINGS.set(accepted, { encoding });
  return encoding;
}

/** The package has this option since version 1.0, but its types do not. Without it, `gzip, br` of browsers selects gzip. */
interface PreferringNegotiator {
  encodings(available: readonly string[], options?: { preferred: readonly string[] }): string[];
}

/** By the value of `accept-encoding`. */
const ENCODINGS = new LRUCache<string, { readonly encoding: Encoding | undefined }>({ max: 100 });
