import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';

/** What a page does with Apollo Client; built for a browser by the test. */
export interface LivePage {
  /** Texts of results and errors, as they come. */
  readonly received: string[];
  subscribe(url: string, by: 'websocket' | 'multipart', query: string, id: string): void;
  unsubscribe(): void;
}

declare global {
  var live: LivePage;
}

const received: string[] = [];
let unsubscribe: () => void = () => undefined;

globalThis.live = {
  received,
  subscribe: (url, by, query, id) => {
    const link =
      by === 'multipart'
        ? new HttpLink({ uri: `${url}/graphql` })
        : new GraphQLWsLink(createClient({ url: `${url.replace('http', 'ws')}/graphql` }));
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const subscription = client
      .subscribe({ query: gql(query), variables: { id } })
      .subscribe((result) => {
        received.push(JSON.stringify(result));
      });
    unsubscribe = () => {
      subscription.unsubscribe();
      client.stop();
    };
  },
  unsubscribe: () => {
    unsubscribe();
  },
};
