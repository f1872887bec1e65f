/**
 * The text of a JSON body. A leading byte order mark is skipped, as https://www.rfc-editor.org/rfc/rfc8259#section-8.1 allows: some servers
 * send one.
 */
export function jsonText(bytes: Buffer): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', hasMark ? 3 : 0);
}

/** @returns undefined for a body that is not JSON */
export function parseJsonBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(jsonText(bytes));
  } catch {
    return undefined;
  }
}
