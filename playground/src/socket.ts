import type { Observable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { createClient, type FormattedExecutionResult } from 'graphql-ws';
import { type GraphQLRequest, type HeaderMap, withToken } from './http';
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
            observer.error(reason instanceof Error ? reason : new Error(closeMessage(reason)));
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

function closeMessage(reason: unknown): string {
  if (reason instanceof CloseEvent && reason.reason) {
    return `The server closed the subscription: ${reason.reason} (${reason.code})`;
  }
  return 'The connection to /graphql/ws was lost. Is the server still running?';
}
