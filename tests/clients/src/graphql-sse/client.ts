import { createClient, type Client } from 'graphql-sse';
import type { Session } from '../session';

/** `session` is whoever is signed in. */
export function shopEvents(url: string, session?: Session): Client {
  return createClient({ url, fetchFn: session?.fetch ?? fetch });
}
