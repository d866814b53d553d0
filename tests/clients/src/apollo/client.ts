import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** `token` is an access token, for those who are signed in. */
export function shopClient(url: string, token?: string): ApolloClient {
  const credentials: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const http = new HttpLink({ uri: url, headers: credentials });
  const socket = new GraphQLWsLink(
    createClient({
      url: url.replace(/^http/, 'ws') + '/ws',
      connectionParams: credentials,
      webSocketImpl: WebSocket, // browsers have one
    }),
  );
  return new ApolloClient({
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, socket, http),
    cache: new InMemoryCache(),
  });
}
