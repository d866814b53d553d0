import { type Client, CloseCode, createClient } from 'graphql-ws';

/** The shop, from a page whose session is in cookies. */
export interface Shop {
  /** For HTTP: as the `fetch` of Apollo Client or urql, or as it is. */
  fetch: typeof fetch;
  /** For subscriptions. */
  socket: Client;
}

const REFRESH = JSON.stringify({ query: 'mutation { sessionRefresh(input: {}) { userErrors { code } } }' });

export function shopWithCookies(url: string): Shop {
  let renewal: Promise<unknown> | undefined;
  let renewals = 0;

  /**
   * Whatever comes of it, what was refused is sent again: with the cookies that this tab got, with those that another tab
   * got (`REFRESH_TOKEN_JUST_SPENT`), or as a guest, because a session that has ended has no cookies left.
   */
  function renew(): Promise<unknown> {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: REFRESH };
    renewal ??= fetch(url, { ...init, credentials: 'include' }).finally(() => {
      renewal = undefined;
      renewals += 1;
    });
    return renewal;
  }

  return {
    async fetch(input, init) {
      const send = () => fetch(input, { ...init, credentials: 'include' });
      const before = renewals;
      const response = await send();
      if (response.status !== 401) return response;
      // Unless somebody has renewed it while this one was on its way.
      if (renewals === before) await renew();
      return send();
    },
    socket: createClient({
      // The browser sends the cookies when the socket opens: nothing else says who it is.
      url: async () => {
        await renewal;
        return url.replace(/^http/, 'ws') + '/ws';
      },
      on: {
        closed: (event) => {
          if ((event as CloseEvent).code === CloseCode.Forbidden) renew().catch(() => undefined);
        },
      },
    }),
  };
}
