import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** `token` is an access token, for those who are signed in. */
export function shopClient(url: string, token?: string): Client {
  const credentials: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const socket = createClient({
    url: url.replace(/^http/, 'ws') + '/ws',
    connectionParams: credentials,
    webSocketImpl: WebSocket, // browsers have one
  });
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers: credentials },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}
