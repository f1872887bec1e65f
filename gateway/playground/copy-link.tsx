import { useState } from 'react';
import { linkTo } from './operation-link.ts';

export interface CopyLinkProps {
  readonly query: string | null | undefined;
  readonly variables: string | null | undefined;
}

/** Copies a link to the open tab's operation. */
export function CopyLink({ query, variables }: CopyLinkProps) {
  const [outcome, setOutcome] = useState('');
  const link = linkTo(query ?? '', variables ?? null);
  const label =
    link === undefined ? 'This operation is too long for a link' : 'Copy link to this operation';
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link ?? '');
      setOutcome('Copied');
    } catch {
      setOutcome('Not allowed');
    }
  };
  return (
    <button
      type="button"
      className="graphiql-un-styled graphiql-toolbar-button copy-link"
      aria-label={label}
      title={label}
      disabled={link === undefined}
      onClick={() => void copy()}
      onBlur={() => {
        setOutcome('');
      }}
    >
      <svg
        className="graphiql-toolbar-icon"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        aria-hidden="true"
      >
        <path d="M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.2a4.5 4.5 0 0 0-6.4-6.4L12 5.6" />
        <path d="M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.2a4.5 4.5 0 0 0 6.4 6.4l1.2-1.2" />
      </svg>
      <span role="status">{outcome}</span>
    </button>
  );
}
