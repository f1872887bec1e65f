import { describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { shortenMessage } from '../../../errors/shorten-message.ts';
import { formatError } from '../../../gateway/graphql/format-error.ts';
import { withoutSuggestions } from '../../../gateway/graphql/without-suggestions.ts';

const format = withoutSuggestions(formatError);

function shown(message: string) {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  return format({ message, extensions }, new GraphQLError(message, { extensions })).message;
}

describe('a server that does not show its schema', () => {
  it.each([
    [
      'Cannot query field "helo" on type "Query". Did you mean "hello"?',
      'Cannot query field "helo" on type "Query".',
    ],
    [
      'Unknown type "Custmer". Did you mean "Customer", "Company", or "Deal"?',
      'Unknown type "Custmer".',
    ],
    [
      'got "a Did you mean b?"; no value. Did you mean the enum value "C"?',
      'got "a Did you mean b?"; no value.',
    ],
    [
      'Unknown operation named "a Did you mean b?".',
      'Unknown operation named "a Did you mean b?".',
    ],
  ])('leaves out what may have been meant, and nothing else: %s', (message, left) => {
    expect(shown(message)).toBe(left);
  });

  it.each(['{', '"{', '"""', '\\"', '"['])(
    'leaves it out of what has been shortened, whatever was sent: %s',
    (key) => {
      const message = `Field "secre${key}" is not defined by type "T". Did you mean ${'"secret", '.repeat(20)}or "secrets"?`;
      expect(shown(shortenMessage(message))).not.toContain('secret"');
    },
  );

  it('leaves it out behind a long value too', () => {
    expect(
      shown(`Unknown field "${'Did you mean '.repeat(1000)}". Did you mean "secret"?`),
    ).toMatch(/^Unknown field "Did .* \[\.\.\.\] .*"\.$/);
  });
});
