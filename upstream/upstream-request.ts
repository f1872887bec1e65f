/** A call to a vendor's REST API. */
export interface UpstreamRequest<T> {
  readonly method: 'GET' | 'POST';
  /** Path below the base URL, with names in braces for values: `/v1/customers/{id}`. */
  readonly path: string;
  /** The values for the path's names. They are percent-encoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** An undefined value is left out; an array repeats its name. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /**
   * Reads the body: a wire schema's `parse`. What it throws becomes `UPSTREAM_CONTRACT`, unless it is a `CodedError`.
   * The body is the JSON value that came, whatever it is.
   */
  readonly read: (body: unknown) => T;
  /** How many records are asked for at once, for the trace. */
  readonly batchSize?: number;
}

/** What a call needs to know who is asking; filled in by the client's `authorize`. */
export interface OutgoingRequest {
  readonly headers: Record<string, string>;
  readonly query: URLSearchParams;
}

export function expandPath({ path, params = {} }: Pick<UpstreamRequest<unknown>, 'path' | 'params'>): string {
  return path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = params[name];
    // An empty or dotted segment would name another resource than the path means.
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new TypeError(`The path ${path} needs a value for ${name}.`);
    }
    return encodeURIComponent(value);
  });
}

export function expandQuery(query: UpstreamRequest<unknown>['query'] = {}): URLSearchParams {
  const expanded = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (one !== undefined) expanded.append(name, String(one));
    }
  }
  return expanded;
}
