// What React's hooks do for Relay's users, for those without React: asking, reading, turning pages.
import {
  commitMutation,
  type Environment,
  fetchQuery,
  getFragment,
  getPaginationMetadata,
  getPaginationVariables,
  getRefetchMetadata,
  getSingularSelector,
  type GraphQLTaggedNode,
  type MutationParameters,
  type OperationType,
  type Variables,
} from 'relay-runtime';

/** Asks a query and keeps its answer in the store. */
export async function load<Query extends OperationType>(
  environment: Environment,
  query: GraphQLTaggedNode,
  variables: Query['variables'],
): Promise<Query['response']> {
  const data = await fetchQuery<Query>(environment, query, variables).toPromise();
  if (!data) throw new Error('the query had no answer');
  return data;
}

/** What the store holds for a fragment now. */
export function read<Key extends { readonly ' $data'?: unknown; readonly ' $fragmentSpreads': unknown }>(
  environment: Environment,
  fragment: GraphQLTaggedNode,
  key: Key,
): NonNullable<Key[' $data']> {
  const selector = getSingularSelector(getFragment(fragment), key);
  if (!selector) throw new Error('the fragment is not part of what was asked');
  return environment.lookup(selector).data as NonNullable<Key[' $data']>;
}

/** Asks for the next page of a `@connection`, which the store appends. */
export async function loadNext(
  environment: Environment,
  fragment: GraphQLTaggedNode,
  count: number,
  cursor: string,
): Promise<void> {
  const { paginationRequest, paginationMetadata } = getPaginationMetadata(getFragment(fragment), 'a list');
  const variables = getPaginationVariables('forward', count, cursor, {}, {}, paginationMetadata);
  await fetchQuery(environment, paginationRequest, variables).toPromise();
}

/** Asks again for what a fragment shows of one thing. */
export async function refetch(environment: Environment, fragment: GraphQLTaggedNode, id: string): Promise<unknown> {
  const { refetchableRequest, identifierInfo } = getRefetchMetadata(getFragment(fragment), 'a thing');
  const variables: Variables = { [identifierInfo?.identifierQueryVariableName ?? 'id']: id };
  return fetchQuery(environment, refetchableRequest, variables).toPromise();
}

/** Makes a change. */
export function mutate<Mutation extends MutationParameters>(
  environment: Environment,
  mutation: GraphQLTaggedNode,
  variables: Mutation['variables'],
): Promise<Mutation['response']> {
  return new Promise((resolve, reject) => {
    commitMutation<Mutation>(environment, { mutation, variables, onCompleted: resolve, onError: reject });
  });
}
