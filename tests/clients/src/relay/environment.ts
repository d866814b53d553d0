import type { Sink } from 'graphql-ws';
import {
  Environment,
  type FetchFunction,
  Network,
  Observable,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';
import { shopSocket } from '../graphql-ws/client';
import type { Session } from '../session';

/** `session` is whoever is signed in. */
export function shopEnvironment(url: string, session?: Session): Environment {
  const socket = shopSocket(url, session);
  const send = session?.fetch ?? fetch;
  const fetchGraphQL: FetchFunction = async ({ text }, variables) => {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  };
  const subscribe: SubscribeFunction = ({ text, name }, variables) =>
    Observable.create((sink) =>
      socket.subscribe({ operationName: name, query: text ?? '', variables }, sink as Sink),
    );
  return new Environment({
    network: Network.create(fetchGraphQL, subscribe),
    store: new Store(new RecordSource()),
  });
}
