import { describe, expect, it } from '@jest/globals';
import {
  checkWebhookSecrets,
  readWebhookSecrets,
} from '../../../events/webhooks/webhook-secrets.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';

const NAME = 'STRIPE_WEBHOOK_SECRETS';
const REAL = 'whsec_kJ8Zq2mN4vB7xC1sD5fG9hL3pR6tW0yA';

function problemsOf(text: string) {
  const problems: string[] = [];
  checkWebhookSecrets(readWebhookSecrets([NAME, 'NOT_SET'], { [NAME]: text }), problems);
  return problems;
}

const GUESSABLE =
  'STRIPE_WEBHOOK_SECRETS holds a secret that can be guessed. Set the secret that the vendor shows: it has at least 16 characters.';

describe('webhook secrets in production', () => {
  it.each([REAL, `${REAL}, ${REAL}2`, '1c6a1e36-5b43-4be2-a8a1-7f3b9b5ad3c0'])(
    'are accepted in the form of a vendor: %s',
    (text) => {
      expect(problemsOf(text)).toEqual([]);
    },
  );

  it.each([
    'whsec_...',
    'whsec_test_secret',
    'secret',
    'whsec_',
    ',',
    'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy',
    `${REAL},whsec_old`,
  ])('are refused if they are guessable: %s', (text) => {
    expect(problemsOf(text)).toEqual([GUESSABLE]);
  });

  it('are refused if they belong to the sandbox, including rolled ones', async () => {
    const sandbox = await startSandbox();
    const secrets = [
      ...Object.values(sandbox.webhookEnvironment),
      sandbox.stripe.edit.rollSecret(),
      sandbox.hubspot.edit.rollSecret(),
    ];
    await sandbox.close();
    expect(secrets).toHaveLength(4);
    for (const secret of secrets)
      expect(problemsOf(secret)).toEqual([
        'STRIPE_WEBHOOK_SECRETS holds a secret of the sandbox, which is public: anyone could sign events with it. Set the secret that the vendor shows.',
      ]);
  });
});
