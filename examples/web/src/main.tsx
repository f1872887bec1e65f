import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { createRoot } from 'react-dom/client';
import { typePolicies } from './apollo-cache.ts';
import { App } from './app.tsx';
import './style.css';

const client = new ApolloClient({
  link: new HttpLink({ uri: '/graphql' }),
  cache: new InMemoryCache({ typePolicies }),
});

const element = document.getElementById('app');
if (!element) throw new Error('Expected an element with id "app" in index.html, but found none.');
createRoot(element).render(
  <ApolloProvider client={client}>
    <App />
  </ApolloProvider>,
);
