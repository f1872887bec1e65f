import type { LookAlikeAnswer } from '../../sandbox/look-alike.ts';
import { createStripeLookAlike } from '../../sandbox/stripe/stripe-look-alike.ts';
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

/** A fresh look-alike, asked without a network. */
export function openStripe(now?: () => number) {
  const lookAlike = createStripeLookAlike(buildWorld(), now);
  const authorization = 'Bearer sk_test_sandbox';

  function ask(url: string, headers: Record<string, string> = { authorization }): LookAlikeAnswer {
    const { pathname, searchParams } = new URL(url, 'http://stripe.test');
    return lookAlike.answer({ method: 'GET', path: pathname, query: searchParams, headers, body: '' });
  }

  function post(path: string, body: string, headers: Record<string, string> = {}): LookAlikeAnswer {
    return lookAlike.answer({ method: 'POST', path, query: new URLSearchParams(), headers: { authorization, ...headers }, body });
  }

  return {
    lookAlike,
    ask,
    post,
    /** The body of an object's answer. */
    get: (url: string) => ask(url).body as Wire, // The test looks at the fields that it expects.
    list: (url: string) => ask(url).body as WireList, // The same.
    /** The error of an answer, without what differs between requests. */
    refusal(answer: LookAlikeAnswer) {
      const { error } = answer.body as { error: Record<string, unknown> }; // The same.
      return { status: answer.status, ...error, request_log_url: undefined };
    },
    /** Follows `starting_after` to the end. */
    every(path: string, query: Record<string, string> = {}): Wire[] {
      const found: Wire[] = [];
      for (let more = true; more;) {
        const last = found.at(-1);
        const page = new URLSearchParams({ ...query, limit: '100', ...(last && { starting_after: last.id }) });
        const { data, has_more: hasMore } = ask(`${path}?${page.toString()}`).body as WireList; // The same.
        found.push(...data);
        more = hasMore;
      }
      return found;
    },
  };
}
