/**
 * Who is signed in. One session per browser tab, kept in sessionStorage, so that one tab can be the
 * customer and another the staff. Refresh tokens rotate, and using one twice revokes them all:
 * every refresh goes through {@link Session.renew}, which never runs twice at once.
 */
import { postForData } from './http';
import {
  hasTokens,
  isSignedIn,
  REFRESH,
  type SessionResult,
  SIGN_IN,
  SIGN_OUT,
  type SignedIn,
} from './session-operations';

const STORAGE_KEY = 'cartograph:session';
/** How long before the access token expires a new one is fetched. */
const REFRESH_AHEAD_MS = 30_000;
/** Keeps a server with very short tokens, or a clock that is off, from being asked without pause. */
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

class Session {
  #current = load();
  #notice = '';
  #listeners = new Set<() => void>();
  #renewal: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#schedule();
  }

  get current(): SignedIn | undefined {
    return this.#current;
  }

  /** Why the session ended without the person asking for it; empty otherwise. */
  get notice(): string {
    return this.#notice;
  }

  /** Calls back on every change: signed in, signed out, token renewed. Returns the way to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Throws with the server's own words where it refuses. */
  async signIn(email: string, password: string): Promise<void> {
    const { sessionCreate } = await postForData<{ sessionCreate: SessionResult }>({
      query: SIGN_IN,
      variables: { email, password },
    });
    const next = sessionOf(sessionCreate);
    const previous = this.#current;
    this.#set(next);
    if (previous) void revoke(previous);
  }

  async signOut(): Promise<void> {
    await this.#renewal?.catch(() => undefined);
    const previous = this.#current;
    this.#set(undefined);
    if (previous) await revoke(previous);
  }

  /** A token that is still good for a while, or none for a guest. */
  async accessToken(): Promise<string | undefined> {
    const { current } = this;
    if (current && Date.parse(current.expiresAt) - Date.now() < SHORTEST_WAIT_MS) {
      return this.renew(current.accessToken);
    }
    return current?.accessToken;
  }

  /**
   * The token that replaces `stale`. Callers that come while a refresh is under way share it, and
   * one that comes after it gets its result. None if the server ended the session.
   */
  async renew(stale: string): Promise<string | undefined> {
    if (this.#current?.accessToken === stale) {
      this.#renewal ??= this.#refresh(this.#current).finally(() => (this.#renewal = undefined));
      await this.#renewal;
    }
    return this.#current?.accessToken;
  }

  async #refresh(used: SignedIn): Promise<void> {
    const { sessionRefresh } = await postForData<{ sessionRefresh: SessionResult }>({
      query: REFRESH,
      variables: { refreshToken: used.refreshToken },
    });
    if (this.#current !== used) return;
    const { session } = sessionRefresh;
    if (session && hasTokens(session)) this.#set(session);
    else this.#set(undefined, `The session of ${used.user.email} has ended. Please sign in again.`);
  }

  #set(next: SignedIn | undefined, notice = ''): void {
    this.#current = next;
    this.#notice = notice;
    if (next) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    else sessionStorage.removeItem(STORAGE_KEY);
    this.#schedule();
    for (const listener of this.#listeners) listener();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const current = this.#current;
    if (!current) return;
    const wait = Date.parse(current.expiresAt) - Date.now() - REFRESH_AHEAD_MS;
    // A server that is away now may be back for the next operation, which renews by itself.
    const renew = () => this.renew(current.accessToken).catch(() => undefined);
    this.#timer = setTimeout(renew, Math.min(Math.max(wait, SHORTEST_WAIT_MS), LONGEST_TIMER_MS));
  }
}

function sessionOf({ session, userErrors }: SessionResult): SignedIn {
  if (session && hasTokens(session)) return session;
  throw new Error(userErrors.map((error) => error.message).join(' ') || 'The server refused without a reason.');
}

/** Best effort: the tokens are forgotten here either way. */
async function revoke({ refreshToken }: SignedIn): Promise<void> {
  await postForData({ query: SIGN_OUT, variables: { refreshToken } }).catch(() => undefined);
}

function load(): SignedIn | undefined {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null');
    return isSignedIn(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

export const session = new Session();
