import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { shopSocket } from '../graphql-ws/client';
import type { Session } from '../session';

/** `session` is whoever is signed in. */
export function shopClient(url: string, session?: Session): Client {
  const socket = shopSocket(url, session);
  return new Client({
    url,
    preferGetMethod: false,
    fetch: session?.fetch ?? fetch,
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
