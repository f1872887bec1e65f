import type { Environment, Problems } from '../../settings/settings.ts';

/** @returns the secrets of each variable of `names` that is set */
export const readWebhookSecrets = (
  names: readonly string[],
  environment: Environment,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    names.flatMap((name) => {
      const text = environment[name] ?? '';
      return text === '' ? [] : [[name, text.split(',').map((secret) => secret.trim())] as const];
    }),
  );

/** Adds to `problems` each variable with a secret that is public or guessable: anyone could sign events. */
export function checkWebhookSecrets(
  secrets: ReadonlyMap<string, readonly string[]>,
  problems: Problems,
): void {
  for (const [name, ofVendor] of secrets) {
    if (ofVendor.some(isOfSandbox))
      problems.push(
        `${name} holds a secret of the sandbox, which is public: anyone could sign events with it. Set the secret that the vendor shows.`,
      );
    else if (ofVendor.some(isGuessable))
      problems.push(
        `${name} holds a secret that can be guessed. Set the secret that the vendor shows: it has at least ${String(MIN_LENGTH)} characters.`,
      );
  }
}

/** The sandbox's secrets contain its name. */
const isOfSandbox = (secret: string) => secret.includes('sandbox');

/** Placeholders and made-up secrets: `whsec_...`, `whsec_test_secret`, `yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy`. */
function isGuessable(secret: string): boolean {
  const own = secret.replace(/^whsec_/, '');
  return own.length < MIN_LENGTH || new Set(own).size < MIN_DIFFERENT;
}

/** Characters. Stripe's have 32, HubSpot's 36. */
const MIN_LENGTH = 16;
const MIN_DIFFERENT = 6;
