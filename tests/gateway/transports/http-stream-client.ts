/** What a server sends on one response, as it comes. */
export class HttpStreamClient {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(response: Response, abort: AbortController) {
    if (response.body === null) throw new Error('The response has no body.');
    this.response = response;
    this.#reader = response.body.getReader();
    this.#abort = abort;
  }

  static async open(url: string, init: RequestInit): Promise<HttpStreamClient> {
    const abort = new AbortController();
    return new HttpStreamClient(await fetch(url, { ...init, signal: abort.signal }), abort);
  }

  /** Reads up to a text and takes it, that text included. */
  async through(end: string): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf(end);
      if (at >= 0) {
        const taken = this.#text.slice(0, at + end.length);
        this.#text = this.#text.slice(at + end.length);
        return taken;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`The response ended with ${JSON.stringify(this.#text)}.`);
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** Reads all that is left. */
  async rest(): Promise<string> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  close(): void {
    this.#abort.abort();
  }
}
