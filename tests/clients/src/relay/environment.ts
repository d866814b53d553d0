import { createClient, type Sink } from 'graphql-ws';
import {
  Environment,
  type FetchFunction,
  Network,
  Observable,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';
import WebSocket from 'ws';

/** `token` is an access token, for those who are signed in. */
export function shopEnvironment(url: string, token?: string): Environment {
  const credentials: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const socket = createClient({
    url: url.replace(/^http/, 'ws') + '/ws',
    connectionParams: credentials,
    webSocketImpl: WebSocket, // browsers have one
  });
  const fetchGraphQL: FetchFunction = async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...credentials, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
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
