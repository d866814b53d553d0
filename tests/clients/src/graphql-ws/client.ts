import { type Client, CloseCode, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Session } from '../session';

/** `session` is whoever is signed in. Their token is read when the socket opens; one that is refused, or expires, closes it. */
export function shopSocket(url: string, session?: Session): Client {
  let sent: string | undefined;
  let refused: string | undefined;
  return createClient({
    url: url.replace(/^http/, 'ws') + '/ws',
    connectionParams: async () => {
      if (!session) return {};
      sent = await session.token(refused);
      return { Authorization: `Bearer ${sent}` };
    },
    on: {
      closed: (event) => {
        if ((event as CloseEvent).code === CloseCode.Forbidden) refused = sent;
      },
    },
    keepAlive: 30_000,
    webSocketImpl: WebSocket, // browsers have one
  });
}
