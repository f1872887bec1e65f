import type { FastifyInstance } from 'fastify';
import { CodedError } from '../../errors/coded-error.ts';

/**
 * Refuses very long headers before a library reads them. Node.js limits only all headers together; white space of that length in a content
 * type blocks Apollo Server's media type parser for a second.
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

/** Maximum length; the boundary of a form has at most 70 characters (RFC 2046, section 5.1.1). */
const MAX_CONTENT_TYPE = 200;
