import type { Observable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { CloseCode, createClient, type FormattedExecutionResult } from 'graphql-ws';
import { type GraphQLRequest, type HeaderMap, typedAuthorization, withToken } from './http';
import { session } from './session';

interface Observer {
  next(result: ExecutionResult): void;
  error(error: Error): void;
  complete(): void;
}

/**
 * Runs a subscription on a socket of its own, open for just as long. The server reads the token
 * once, when the socket opens, so a changed session opens it anew and subscribes again.
 */
export function overSocket(request: GraphQLRequest, typedHeaders: HeaderMap): Observable<ExecutionResult> {
  const results = {
    subscribe(observer: Observer) {
      const client = createClient({
        url: socketUrl(),
        lazy: true,
        connectionParams: async () => withToken(typedHeaders, await session.accessToken()),
        shouldRetry: (reason) => reason instanceof CloseEvent && !isOfCookies(reason, typedHeaders),
      });
      const forgetSession = session.subscribe(() => client.terminate());
      const unsubscribe = client.subscribe(request, {
        next: (result: FormattedExecutionResult) => observer.next(result as ExecutionResult),
        error(reason) {
          forgetSession();
          if (Array.isArray(reason)) {
            observer.next({ errors: reason });
            observer.complete();
          } else {
            observer.error(reason instanceof Error ? reason : new Error(closeMessage(reason, typedHeaders)));
          }
        },
        complete() {
          forgetSession();
          observer.complete();
        },
      });
      return { unsubscribe };
    },
  };
  // The type has two more signatures, for lone callbacks; GraphiQL uses this one.
  return results as Observable<ExecutionResult>;
}

function socketUrl(): string {
  const url = new URL('/graphql/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/**
 * Whether a socket was refused that has sent no token. Browsers send cookies when it opens, and leave no way to omit them:
 * those of a shop on the same host, whose session has ended.
 */
function isOfCookies(reason: CloseEvent, typedHeaders: HeaderMap): boolean {
  return reason.code === CloseCode.Forbidden && !session.current && !typedAuthorization(typedHeaders);
}

function closeMessage(reason: unknown, typedHeaders: HeaderMap): string {
  if (reason instanceof CloseEvent && isOfCookies(reason, typedHeaders)) {
    return 'A shop on this host has left cookies of a session that has ended. Sign in here, or sign out of that shop.';
  }
  if (reason instanceof CloseEvent && reason.reason) {
    return `The server closed the subscription: ${reason.reason} (${reason.code})`;
  }
  return 'The connection to /graphql/ws was lost. Is the server still running?';
}
