import type { FastifyInstance } from 'fastify';
import { CodedError } from '../../errors/coded-error.ts';

/**
 * Refuses headers that are longer than any that makes sense, before a library reads them. Node.js bounds all headers of a request together;
 * within that, white space alone in a content type keeps Apollo Server's reader of media types busy for a second.
 */
export function limitHeaderLengths(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const { 'content-type': contentType = '' } = headers;
    if (contentType.length <= MAX_CONTENT_TYPE) done();
    else
      done(
        new CodedError(
          'BAD_REQUEST',
          `The header content-type must have at most ${String(MAX_CONTENT_TYPE)} characters.`,
        ),
      );
  });
}

/** Characters; the boundary of a form has 70 at most (RFC 2046, section 5.1.1). */
const MAX_CONTENT_TYPE = 200;
