import type { View } from './view-tabs.tsx';

/** The content below the response. */
export type Panel = Extract<View, 'calls' | 'events'>;

export interface FooterTabsProps {
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
}

/** For wide screens; narrow ones have the view tabs. */
export function FooterTabs({ panel, onPanel }: FooterTabsProps) {
  const tab = (name: Panel, label: string) => (
    <button
      type="button"
      role="tab"
      aria-selected={panel === name}
      onClick={() => {
        onPanel(name);
      }}
    >
      {label}
    </button>
  );
  return (
    <div className="footer-tabs" role="tablist" aria-label="Below the response">
      {tab('calls', 'Calls')}
      {tab('events', 'Events')}
    </div>
  );
}
