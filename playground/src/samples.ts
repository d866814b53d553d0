/**
 * The operations in `samples/`, in the order of their file names. A file starts with comment lines:
 * `# role: customer` where it needs to be signed in, then its description in one line.
 */
import { type DemoRole, isDemoRole } from './demo-accounts';

export interface Sample {
  /** The operation's name, which is also the title of its tab. */
  name: string;
  description: string;
  /** The demo account that is signed in when a guest runs this. */
  role: DemoRole | undefined;
  query: string;
  variables: string;
}

const queries = import.meta.glob<string>('../samples/*.graphql', { eager: true, query: '?raw', import: 'default' });
const variables = import.meta.glob<string>('../samples/*.variables.json', {
  eager: true,
  query: '?raw',
  import: 'default',
});

export const samples: Sample[] = Object.keys(queries)
  .sort()
  .map((path) => describe(queries[path] ?? '', variables[path.replace('.graphql', '.variables.json')] ?? ''));

function describe(query: string, variables: string): Sample {
  const role = /^# role: (\w+)$/m.exec(query)?.[1];
  return {
    name: /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1] ?? '',
    description: /^# (?!role:)(.+)$/m.exec(query)?.[1] ?? '',
    role: role && isDemoRole(role) ? role : undefined,
    query,
    variables: variables.trimEnd(),
  };
}
