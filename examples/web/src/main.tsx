import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ApolloProvider } from '@apollo/client/react';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws/client';
import { createRoot } from 'react-dom/client';
import { typePolicies } from './apollo-cache.ts';
import { App } from './app.tsx';
import { createResumeLink } from './resume-link.ts';
import './style.css';

// One WebSocket for all subscriptions, open while a subscription is active.
const socket = createClient({
  url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
  retryAttempts: Infinity,
});
const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    ApolloLink.from([createResumeLink(refetch), new GraphQLWsLink(socket)]),
    new HttpLink({ uri: '/graphql' }),
  ),
  cache: new InMemoryCache({ typePolicies }),
});

// A subscription without a payload has no cursor: its changes during a disconnect are unknown.
socket.on('connected', (_socket, _payload, wasRetry) => {
  if (wasRetry) refetch();
});

function refetch() {
  void client.refetchQueries({ include: 'active' });
}

const element = document.getElementById('app');
if (!element) throw new Error('Expected an element with id "app" in index.html, but found none.');
createRoot(element).render(
  <ApolloProvider client={client}>
    <App />
  </ApolloProvider>,
);
