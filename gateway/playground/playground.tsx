import { GraphiQL } from 'graphiql';
import { exampleTabs } from './example-tabs.ts';
import { Logo } from './logo.tsx';
import { useTracedResponses } from './traced-responses.ts';
import { UpstreamCalls } from './upstream-calls.tsx';

export function Playground() {
  const { fetcher, onTabChange, answer } = useTracedResponses();
  return (
    <GraphiQL
      fetcher={fetcher}
      onTabChange={onTabChange}
      defaultTabs={exampleTabs}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <Logo />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <UpstreamCalls answer={answer} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
