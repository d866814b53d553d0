import { useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

/** Wraps long lines, mostly the samples' comments; GraphiQL has no setting for it. */
export function WordWrap() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  useEffect(() => queryEditor?.updateOptions({ wordWrap: 'on' }), [queryEditor]);
  return null;
}
