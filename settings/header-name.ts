import { z } from 'zod';

/** Headers that are about the connection, or by which this server itself speaks to services. */
const OWN_HEADERS =
  /^(?:connection|content-.*|host|transfer-encoding|te|trailer|upgrade|keep-alive|accept.*|cookie|x-tributary-.*)$/;

/**
 * The name of a header that a file may set or pass on; in lower case.
 * @param own are headers that it may not
 */
export const headerName = (own: RegExp = OWN_HEADERS) =>
  z
    .string()
    .regex(/^[A-Za-z\d-]{1,100}$/, 'must be the name of a header')
    .transform((name) => name.toLowerCase())
    .refine((name) => !own.test(name), 'must not be a header that is about the connection');
