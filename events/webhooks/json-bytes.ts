/**
 * Parses the body of a delivery, without a byte order mark: RFC 8259, section 8.1.
 * @returns undefined if it is not JSON
 */
export function readJsonBytes(body: Buffer): unknown {
  try {
    // The decoder drops the byte order mark.
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
