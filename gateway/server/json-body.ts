import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../../errors/coded-error.ts';

/**
 * Refuses compressed or otherwise encoded bodies before they are read (RFC 9110, sections 8.4 and 15.5.16): a few kilobytes can decode to
 * gigabytes, and the limit applies to the received bytes.
 */
export function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook('preParsing', ({ headers }, reply, _payload, done) => {
    const codings = [
      ...codingsIn(headers['content-encoding']),
      ...codingsIn(headers['transfer-encoding']),
    ];
    const applied = codings.find((coding) => !PLAIN.has(coding));
    if (applied === undefined) done();
    else {
      void reply.header('accept-encoding', 'identity');
      done(
        new CodedError(
          'UNSUPPORTED_MEDIA_TYPE',
          `The body must not be compressed, but has the content encoding ${JSON.stringify(applied.slice(0, 40))}.`,
        ),
      );
    }
  });
}

/** Empty list elements are ignored: RFC 9110, section 5.6.1.2. Node.js decodes the last transfer coding, and refuses unknown ones there. */
const PLAIN: ReadonlySet<string> = new Set(['', 'identity', 'chunked']);

const codingsIn = (header = '') => header.split(',').map((coding) => coding.trim().toLowerCase());

/**
 * Parses JSON like Fastify, which refuses keys that change a prototype. Refuses too deep nesting and too many keys before parsing: a few
 * hundred kilobytes of brackets occupy V8's parser and garbage collector for 100 ms, and 20,000 distinct keys for 20 ms.
 */
export function readJsonBodies(app: FastifyInstance, maxKeys: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    const refusal = text.length > SMALL ? refusalOf(text, maxKeys) : undefined;
    if (refusal === undefined) void parse(request, text, done);
    else done(new CodedError('BAD_REQUEST', refusal));
  });
}

/**
 * Parses a text with the rules for bodies.
 * @throws Error for invalid JSON or exceeded limits
 */
export function createJsonReader(app: FastifyInstance, maxKeys: number) {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (text: string, request: FastifyRequest): unknown => {
    const refusal = text.length > SMALL ? refusalOf(text, maxKeys) : undefined;
    if (refusal !== undefined) throw new CodedError('BAD_REQUEST', refusal);
    let read: unknown;
    // The callback runs synchronously.
    void parse(request, text, (error, value) => {
      if (error !== null) throw error;
      read = value;
    });
    return read;
  };
}

/** Length of a body that needs no check. */
const SMALL = 4096;

/** Nested lists and objects; far more than any input of a graph. */
const MAX_LEVELS = 100;

const TOO_DEEP = `The body must have at most ${String(MAX_LEVELS)} levels of nested lists and objects.`;
const tooManyKeys = (most: number) =>
  `The body must have at most ${String(most)} keys, including those of nested objects.`;

/** @param text need not be JSON: the parser reports invalid text */
function refusalOf(text: string, maxKeys: number): string | undefined {
  let [level, keys] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COLON) keys += 1;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) level += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) level -= 1;
    if (level > MAX_LEVELS) return TOO_DEEP;
    if (keys > maxKeys) return tooManyKeys(maxKeys);
  }
  return undefined;
}

/** @returns the index of the closing quotation mark; the text's length if there is none */
function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return at;
}

const [QUOTE, COLON, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x3a, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];
