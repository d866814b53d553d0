/** The tokens of a session, as `sessionCreate` and `sessionRefresh` give them. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const REFRESH = `mutation($refreshToken: String!) {
  sessionRefresh(input: { refreshToken: $refreshToken }) { session { accessToken refreshToken } }
}`;

/**
 * Somebody who is signed in. A program keeps one for all its clients: who uses a refresh token twice is signed out, so
 * that only one renewal runs at a time.
 */
export class Session {
  #tokens: Tokens;
  #renewal: Promise<string> | undefined;

  constructor(
    readonly url: string,
    tokens: Tokens,
  ) {
    this.#tokens = tokens;
  }

  /** The access token: another one than `refused`, where that was no longer good. */
  token = async (refused?: string): Promise<string> => {
    if (refused !== this.#tokens.accessToken) return this.#tokens.accessToken;
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  };

  /** `fetch` in the name of this session. 401 says that nothing was executed: the same may be sent once more. */
  fetch: typeof fetch = async (url, init) => {
    const send = (token: string) => {
      const headers = new Headers(init?.headers);
      headers.set('Authorization', `Bearer ${token}`);
      return fetch(url, { ...init, headers });
    };
    const token = await this.token();
    const response = await send(token);
    return response.status === 401 ? send(await this.token(token)) : response;
  };

  async #renew(): Promise<string> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: REFRESH, variables: { refreshToken: this.#tokens.refreshToken } }),
    });
    const { data } = await response.json();
    if (!data) throw new Error('The session could not be renewed: try again.');
    if (!data.sessionRefresh.session) throw new Error('The session has ended: sign in again.');
    this.#tokens = data.sessionRefresh.session;
    return this.#tokens.accessToken;
  }
}
