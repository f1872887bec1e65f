import { useGraphiQL } from '@graphiql/react';
import { useState } from 'react';
import { linkTo } from './operation-link.ts';

/** Copies a link to the operation that is in the editor. */
export function CopyLink() {
  const [outcome, setOutcome] = useState('');
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const copy = async () => {
    // Not from the tab's state, which is updated after the editors and only from the first edit.
    const link = linkTo(queryEditor?.getValue() ?? '', variableEditor?.getValue() ?? '');
    if (link === undefined) {
      setOutcome('Too long for a link');
      return;
    }
    try {
      await navigator.clipboard.writeText(link);
      setOutcome('Copied');
    } catch {
      setOutcome('Not allowed');
    }
  };
  return (
    <button
      type="button"
      className="graphiql-un-styled graphiql-toolbar-button copy-link"
      aria-label={LABEL}
      title={LABEL}
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

const LABEL = 'Copy link to this operation';
