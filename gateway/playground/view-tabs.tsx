import type { TracedResponse } from './fetch-traced.ts';

/** The part of the playground on a narrow screen. A wide one shows the first two, and one of the others below. */
export type View = 'operation' | 'response' | 'calls' | 'events';

export interface ViewTabsProps {
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly response: TracedResponse | undefined;
}

export function ViewTabs({ view, onView, response }: ViewTabsProps) {
  const tab = (name: View, label: string, badge?: string) => (
    <button
      type="button"
      role="tab"
      aria-selected={view === name}
      data-badge={badge}
      onClick={() => {
        onView(name);
      }}
    >
      {label} {badge !== undefined && <span className="view-badge">{badge}</span>}
    </button>
  );
  return (
    <div className="view-tabs" role="tablist" aria-label="Part of the playground">
      {tab('operation', 'Operation')}
      {tab('response', 'Response', response?.hasErrors ? 'error' : undefined)}
      {tab('calls', 'Calls', response?.calls && String(response.calls.length))}
      {tab('events', 'Events')}
    </div>
  );
}
