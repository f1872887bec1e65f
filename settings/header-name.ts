import { z } from 'zod';

/**
 * Headers of one connection (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1), of browsers' sessions, and by which this server itself
 * speaks to services.
 */
const OWN_HEADERS =
  /^(?:connection|content-.*|expect|host|http2-settings|transfer-encoding|te|trailer|upgrade|keep-alive|accept.*|cookie|proxy-.*|x-tributary-.*)$/;

/**
 * The name of a header that a file may set or pass on; in lower case.
 * @param own are headers that it may not
 */
export const headerName = (own: RegExp = OWN_HEADERS) =>
  z
    .string()
    .regex(/^[A-Za-z\d-]{1,100}$/, {
      error: ({ input }) =>
        `must be the name of a header, but is ${JSON.stringify(input).slice(0, MAX_QUOTED)}`,
    })
    .transform((name) => name.toLowerCase())
    .refine((name) => !own.test(name), {
      error: ({ input }) => `must not be ${String(input)}, a header that is never passed on`,
    });

/** Characters of a value in a message. */
const MAX_QUOTED = 100;
