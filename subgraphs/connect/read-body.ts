import { jsonText } from '../../upstream/json-body.ts';
import type { VendorResponse } from '../../upstream/vendor-response.ts';
import { parseCsv } from './csv.ts';
import { parseJson } from './mapping/json.ts';
import type { Maybe } from './mapping/values.ts';

export const RESPONSE_FORMATS = ['json', 'csv', 'text'] as const;

/** The format of a source's responses. */
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/**
 * Reads the body of a response: JSON, CSV as a list of objects by the names of its first record, or text.
 * @param format the format of the source @default by the `Content-Type`: CSV and plain text as such, and all others as JSON
 * @returns null for an empty body; undefined for one with another format
 */
export function readBody(
  { bytes, headers }: Pick<VendorResponse, 'bytes' | 'headers'>,
  format: ResponseFormat | undefined,
): Maybe {
  if (bytes.length === 0) return null;
  const contentType = String(headers['content-type'] ?? '');
  const read = format ?? formatOf(contentType);
  // Keeps the digits of large integers, which a JavaScript number would round.
  if (read === 'json') return parseJson(jsonText(bytes));
  const text = decode(bytes, contentType);
  return read === 'csv' && text !== undefined ? parseCsv(text) : text;
}

/** https://www.rfc-editor.org/rfc/rfc7111 and `+csv`, which statistical offices use */
function formatOf(contentType: string): ResponseFormat {
  const [type = ''] = contentType.split(';', 1);
  const name = type.trim().toLowerCase();
  if (name === 'text/csv' || name.endsWith('+csv')) return 'csv';
  return name === 'text/plain' ? 'text' : 'json';
}

/** @returns undefined if the bytes are invalid in the character set of the type */
function decode(bytes: Buffer, contentType: string): string | undefined {
  const [, charset = 'utf-8'] = /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
