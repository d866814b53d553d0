import { Button, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';

/** Without the schema neither docs, explorer nor completion work, so say why where it is seen. */
export function SchemaNotice() {
  const { introspect } = useGraphiQLActions();
  const { fetchError, validationErrors } = useGraphiQL(pick('fetchError', 'validationErrors'));
  const problem = fetchError ? plainMessage(fetchError) : validationErrors.map((error) => error.message).join(' ');
  if (!problem) return null;
  return (
    <div className="graphiql-container schema-notice" role="alert">
      <span>
        <strong>The schema could not be loaded.</strong> {problem}
      </span>
      <Button type="button" onClick={() => introspect()}>
        Try again
      </Button>
    </div>
  );
}

/** GraphiQL hands over the response as JSON text; people want its messages. */
function plainMessage(fetchError: string): string {
  try {
    const { errors } = JSON.parse(fetchError) as { errors: { message: string }[] };
    return errors.map((error) => error.message).join(' ');
  } catch {
    return fetchError;
  }
}
