import { CombinedGraphQLErrors } from '@apollo/client';

interface Props {
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Shows the errors in plain sentences, with a retry button if a retry can help. */
export function ErrorNotice({ error, onRetry }: Props) {
  const { sentences, isRetryable } = describe(error);
  return (
    <div className="error" role="alert">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {isRetryable && <button onClick={onRetry}>Try again</button>}
    </div>
  );
}

/** The gateway's messages are human-readable. One failure can cause several errors. */
function describe(error: unknown) {
  if (!CombinedGraphQLErrors.is(error)) {
    return {
      sentences: ['The server cannot be reached. Check your connection.'],
      isRetryable: true,
    };
  }
  return {
    sentences: [...new Set(error.errors.map(({ message }) => message))],
    isRetryable: error.errors.some(({ extensions }) => extensions?.['retryable'] === true),
  };
}
