import { GraphiQL } from 'graphiql';
import { useCallback, useState } from 'react';
import { CopyLink } from './copy-link.tsx';
import { Events } from './events.tsx';
import { exampleTabs } from './example-tabs.ts';
import { FooterTabs, type Panel } from './footer-tabs.tsx';
import { Logo } from './logo.tsx';
import { takeLinkedOperation } from './operation-link.ts';
import { SignIn } from './sign-in.tsx';
import { UpstreamCalls } from './upstream-calls.tsx';
import { useApiKey } from './use-api-key.ts';
import { useOperations } from './use-operations.ts';
import { type View, ViewTabs } from './view-tabs.tsx';

export function Playground() {
  const [view, setView] = useState<View>('operation');
  const [panel, setPanel] = useState<Panel>('calls');
  const access = useApiKey();
  const onRun = useCallback(() => {
    setView('response');
  }, []);
  const onView = useCallback((chosen: View) => {
    setView(chosen);
    setPanel(chosen === 'events' ? 'events' : 'calls');
  }, []);
  const { fetcher, onTabChange, response } = useOperations({
    session: access.session,
    onAccess: access.setRefusal,
    onRun,
  });
  return (
    <GraphiQL
      fetcher={fetcher}
      onTabChange={onTabChange}
      className={`view-${view}`}
      {...START}
      defaultEditorToolsVisibility={isNarrow ? false : 'variables'}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <Logo />
        <SignIn access={access} />
        <ViewTabs view={view} onView={onView} response={response} />
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <CopyLink />
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <FooterTabs panel={panel} onPanel={setPanel} />
        {panel === 'calls' && <UpstreamCalls response={response} />}
        <Events isOpen={panel === 'events'} access={access} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

// The same width as in playground.css.
const isNarrow = matchMedia('(max-width: 760px)').matches;

const linked = takeLinkedOperation();

/** A linked operation is the first tab of a first visit, and a new tab of later ones. */
const START =
  linked === undefined
    ? { defaultTabs: exampleTabs }
    : {
        defaultTabs: [linked, ...exampleTabs],
        initialQuery: linked.query,
        initialVariables: linked.variables ?? '',
      };
