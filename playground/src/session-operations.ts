/** A session as the server gives it: its tokens are null where they are in cookies. */
export interface GivenSession {
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: string;
  user: { email: string; roles: string[] };
}

/** A session of the playground, which asks for no cookies. */
export interface SignedIn extends GivenSession {
  accessToken: string;
  refreshToken: string;
}

export interface SessionResult {
  session: GivenSession | null;
  userErrors: { message: string }[];
}

/** Whether a session holds its tokens. */
export function hasTokens(session: GivenSession): session is SignedIn {
  return session.accessToken !== null && session.refreshToken !== null;
}

/** Whether something that was stored, perhaps by an older playground, is a session. */
export function isSignedIn(value: unknown): value is SignedIn {
  if (typeof value !== 'object' || value === null) return false;
  const { accessToken, refreshToken, expiresAt, user } = value as Partial<Record<keyof SignedIn, unknown>>;
  const { email, roles } = (user ?? {}) as Partial<Record<keyof SignedIn['user'], unknown>>;
  const areTexts = [accessToken, refreshToken, expiresAt, email].every((text) => typeof text === 'string');
  return areTexts && Array.isArray(roles) && roles.every((role) => typeof role === 'string');
}

const SESSION = `
  session { accessToken refreshToken expiresAt user { email roles } }
  userErrors { code message field }
`;

export const SIGN_IN = `mutation PlaygroundSignIn($email: String!, $password: String!) {
  sessionCreate(input: { email: $email, password: $password }) {${SESSION}}
}`;

export const REFRESH = `mutation PlaygroundRefresh($refreshToken: String!) {
  sessionRefresh(input: { refreshToken: $refreshToken }) {${SESSION}}
}`;

export const SIGN_OUT = `mutation PlaygroundSignOut($refreshToken: String!) {
  sessionRevoke(input: { refreshToken: $refreshToken }) { userErrors { code message field } }
}`;
