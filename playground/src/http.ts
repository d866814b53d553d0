import type { ExecutionResult } from 'graphql';

/** Same origin always: the playground is served by the server that it talks to. */
const ENDPOINT = '/graphql';

export interface GraphQLRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

export type HeaderMap = Record<string, string>;

/**
 * Sends one operation. GraphQL errors are part of the result, whatever the HTTP status;
 * an error is thrown only where no GraphQL answer came back at all.
 */
export async function post(request: GraphQLRequest, headers: HeaderMap): Promise<ExecutionResult> {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    // The playground signs in by token. A shop on the same host may have left cookies, of somebody else or long expired.
    credentials: 'omit',
    headers: {
      Accept: 'application/graphql-response+json, application/json',
      'Content-Type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(request),
  }).catch(() => {
    throw new Error(`${ENDPOINT} did not answer. Is the server still running?`);
  });
  const body = await response.text();
  const result = parseResult(body);
  if (!result) {
    throw new Error(`${ENDPOINT} answered HTTP ${response.status} without GraphQL: ${body.slice(0, 300) || '(empty)'}`);
  }
  return result;
}

function parseResult(body: string): ExecutionResult | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const isResult = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isResult ? (value as ExecutionResult) : undefined;
  } catch {
    return undefined;
  }
}

/** Like {@link post}, for the playground's own operations: a top-level error is an exception. */
export async function postForData<Data>(request: GraphQLRequest, headers: HeaderMap = {}): Promise<Data> {
  const { data, errors } = await post(request, headers);
  if (errors?.length || !data) {
    throw new Error(errors?.map((error) => error.message).join(' ') || 'The answer holds no data.');
  }
  return data as Data;
}

/** The name under which a person typed `Authorization` in the headers editor, in whatever case. */
export function typedAuthorization(headers: HeaderMap): string | undefined {
  return Object.keys(headers).find((name) => name.toLowerCase() === 'authorization');
}

/** Adds the session's token, unless a person typed an `Authorization` of their own. */
export function withToken(headers: HeaderMap, accessToken: string | undefined): HeaderMap {
  if (!accessToken || typedAuthorization(headers)) return headers;
  return { ...headers, Authorization: `Bearer ${accessToken}` };
}
