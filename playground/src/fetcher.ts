/** What GraphiQL calls to run an operation: signs in where a sample needs it, then picks http or websocket. */
import { getOperationAST, parse, type ExecutionResult, type OperationDefinitionNode } from 'graphql';
import type { GraphiQLProps } from 'graphiql';
import { signInAs } from './demo-accounts';
import { type GraphQLRequest, type HeaderMap, post, typedAuthorization, withToken } from './http';
import { fillIn, rememberOrder } from './placeholders';
import { samples } from './samples';
import { session } from './session';
import { overSocket } from './socket';

export const fetcher: GraphiQLProps['fetcher'] = async (params, options) => {
  const headers: HeaderMap = options?.headers ?? {};
  const operation = operationOf(params);
  await signInForSample(operation?.name?.value, headers);
  const request: GraphQLRequest = {
    query: params.query,
    operationName: operation?.name?.value ?? params.operationName,
    variables: await fillIn(params.variables ?? {}, headers),
  };
  if (operation?.operation === 'subscription') return overSocket(request, headers);
  const result = await overHttp(request, headers);
  rememberOrder(result);
  return result;
};

/**
 * None for a document that does not parse: the server then says what is wrong with it. Right after a
 * change of tabs GraphiQL still passes the former tab's operation name; a lone operation is the one meant.
 */
function operationOf({ query, operationName }: GraphQLRequest): OperationDefinitionNode | undefined {
  try {
    const document = parse(query);
    return getOperationAST(document, operationName) ?? getOperationAST(document) ?? undefined;
  } catch {
    return undefined;
  }
}

async function signInForSample(operationName: string | undefined, headers: HeaderMap): Promise<void> {
  if (session.current || typedAuthorization(headers)) return;
  const role = samples.find((sample) => sample.name === operationName)?.role;
  if (role) await signInAs(role);
}

async function overHttp(request: GraphQLRequest, headers: HeaderMap): Promise<ExecutionResult> {
  if (typedAuthorization(headers)) return post(request, headers);
  const token = await session.accessToken();
  const result = await post(request, withToken(headers, token));
  if (!token || !isTokenRefused(result)) return result;
  // Nothing has run yet, so the same request may be sent once more: renewed, or as a guest.
  return post(request, withToken(headers, await session.renew(token)));
}

/** The whole request was turned away, as after a restart of the server with new signing keys. */
function isTokenRefused({ data, errors }: ExecutionResult): boolean {
  return !data && !!errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED');
}
