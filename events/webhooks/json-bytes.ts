/**
 * Reads the JSON of a delivery whose bytes were signed. A byte order mark is no part of it: RFC 8259, section 8.1.
 * @returns undefined where it is no JSON
 */
export function readJsonBytes(body: Buffer): unknown {
  try {
    // The decoder leaves the byte order mark out.
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
