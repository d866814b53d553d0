import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** `token` gives an access token, for those who are signed in; it is asked anew whenever the socket opens. */
export function shopSocket(url: string, token?: () => Promise<string>): Client {
  return createClient({
    url: url.replace(/^http/, 'ws') + '/ws',
    connectionParams: async () => (token ? { Authorization: `Bearer ${await token()}` } : {}),
    keepAlive: 30_000,
    webSocketImpl: WebSocket, // browsers have one
  });
}
