export interface SignedIn {
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
  user: { email: string; roles: string[] };
}

export interface SessionResult {
  session: SignedIn | null;
  userErrors: { message: string }[];
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
