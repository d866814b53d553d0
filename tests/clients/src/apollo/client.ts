import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { shopSocket } from '../graphql-ws/client';
import type { Session } from '../session';

/** `session` is whoever is signed in. */
export function shopClient(url: string, session?: Session): ApolloClient {
  const http = new HttpLink({ uri: url, fetch: session?.fetch ?? fetch });
  const socket = new GraphQLWsLink(shopSocket(url, session));
  return new ApolloClient({
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, socket, http),
    cache: new InMemoryCache(),
  });
}
