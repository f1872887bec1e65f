import type { SandboxVendorResponse } from '../../sandbox/sandbox-vendor.ts';
import { createStripeSandboxVendor } from '../../sandbox/stripe/stripe-sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

/** An object of Stripe's wire, as a test looks at it. */
export interface Wire {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly [field: string]: unknown;
}

interface WireList {
  readonly object: 'list';
  readonly url: string;
  readonly has_more: boolean;
  readonly data: readonly Wire[];
}

/** A fresh sandbox vendor, asked without a network. */
export function openStripe(now: () => number = Date.now) {
  const sandboxVendor = createStripeSandboxVendor(buildWorld(), { now });
  const authorization = 'Bearer sk_test_sandbox';

  function ask(
    url: string,
    headers: Record<string, string> = { authorization },
  ): SandboxVendorResponse {
    const { pathname, searchParams } = new URL(url, 'http://stripe.test');
    return sandboxVendor.answer({
      method: 'GET',
      path: pathname,
      query: searchParams,
      headers,
      body: '',
    });
  }

  function post(
    path: string,
    body: string,
    headers: Record<string, string> = {},
  ): SandboxVendorResponse {
    return sandboxVendor.answer({
      method: 'POST',
      path,
      query: new URLSearchParams(),
      headers: { authorization, ...headers },
      body,
    });
  }

  /** A POST whose parameters are given one by one, by their whole names. */
  const write = (
    path: string,
    params: Readonly<Record<string, string | number>> = {},
    headers: Record<string, string> = {},
  ) =>
    post(
      path,
      new URLSearchParams(
        Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]),
      ).toString(),
      headers,
    );

  return {
    sandboxVendor,
    ask,
    post,
    write,
    remove(url: string) {
      const { pathname, searchParams } = new URL(url, 'http://stripe.test');
      return sandboxVendor.answer({
        method: 'DELETE',
        path: pathname,
        query: searchParams,
        headers: { authorization },
        body: '',
      });
    },
    /** The object in an answer. */
    object: ({ body }: SandboxVendorResponse) => body as Wire, // The test looks at the fields that it expects.
    newCustomer: (name: string) =>
      (write('/v1/customers', { name, email: `${name}@example.org` }).body as Wire).id, // The same.
    /** A customer who has something to pay by, and no subscription. */
    payingCustomer: () => {
      const { data } = ask('/v1/customers?limit=100').body as WireList; // The same.
      const found = data.find(
        ({ id, invoice_settings: settings }) =>
          (settings as { default_payment_method: string | null }).default_payment_method !== null && // The same.
          (ask(`/v1/subscriptions?customer=${id}`).body as WireList).data.length === 0, // The same.
      );
      if (found === undefined) throw new Error('The seed has to hold such a customer.');
      return found;
    },
    /** The body of an object's answer. */
    get: (url: string) => ask(url).body as Wire, // The test looks at the fields that it expects.
    list: (url: string) => ask(url).body as WireList, // The same.
    /** The error of an answer, without what differs between requests. */
    refusal(
      answer: SandboxVendorResponse,
    ): Record<string, unknown> & { readonly message?: string } {
      const { error } = answer.body as {
        error: Record<string, unknown> & { readonly message: string };
      }; // The same.
      return { status: answer.status, ...error, request_log_url: undefined };
    },
    /** Follows `starting_after` to the end. */
    every(path: string, query: Record<string, string> = {}): Wire[] {
      const found: Wire[] = [];
      for (let more = true; more;) {
        const last = found.at(-1);
        const page = new URLSearchParams({
          ...query,
          limit: '100',
          ...(last && { starting_after: last.id }),
        });
        const { data, has_more: hasMore } = ask(`${path}?${page.toString()}`).body as WireList; // The same.
        found.push(...data);
        more = hasMore;
      }
      return found;
    },
  };
}
