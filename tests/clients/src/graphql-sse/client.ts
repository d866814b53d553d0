import { createClient, type Client } from 'graphql-sse';

/** `token` gives an access token, for those who are signed in; it is asked anew with each operation. */
export function shopEvents(url: string, token?: () => Promise<string>): Client {
  return createClient({
    url,
    headers: async (): Promise<Record<string, string>> =>
      token ? { Authorization: `Bearer ${await token()}` } : {},
  });
}
