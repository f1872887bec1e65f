/**
 * Reads a body as JSON. A byte order mark before it is skipped, as https://www.rfc-editor.org/rfc/rfc8259#section-8.1 allows: some servers
 * send one.
 * @returns undefined where it is no JSON
 */
export function parseJsonBody(bytes: Buffer): unknown {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    return JSON.parse(bytes.toString('utf8', hasMark ? 3 : 0));
  } catch {
    return undefined;
  }
}
