// Holds every sample against the schema that the server generates: `npm run check`.
import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** What is wrong with one sample, each as a line for people. */
function problemsOf(file, schema, namesSeen) {
  const text = read(`samples/${file}`);
  const document = parse(text);
  const problems = validate(schema, document).map(({ message, locations }) => `line ${locations?.[0]?.line}: ${message}`);

  const operation = getOperationAST(document);
  const name = operation?.name?.value;
  if (!name) problems.push('must hold exactly one operation, with a name');
  else if (namesSeen.has(name)) problems.push(`the operation name ${name} is taken by another sample`);
  namesSeen.add(name);

  const description = text.split('\n').find((line) => !line.startsWith('# role: '));
  if (!/^# \S/.test(description ?? '')) problems.push('must start with a comment that describes it in one line');
  const role = /^# role: (.*)$/m.exec(text)?.[1];
  if (role && !['customer', 'staff', 'admin'].includes(role)) problems.push(`there is no demo account for role ${role}`);

  return [...problems, ...variableProblems(file, operation)];
}

function variableProblems(file, operation) {
  const path = `samples/${file.replace('.graphql', '.variables.json')}`;
  const given = existsSync(new URL(path, root)) ? Object.keys(JSON.parse(read(path))) : [];
  const declared = operation?.variableDefinitions ?? [];
  const names = declared.map(({ variable }) => variable.name.value);
  const required = declared.filter(({ type, defaultValue }) => type.kind === 'NonNullType' && !defaultValue);
  return [
    ...given.filter((name) => !names.includes(name)).map((name) => `variable ${name} is given but not declared`),
    ...required
      .map(({ variable }) => variable.name.value)
      .filter((name) => !given.includes(name))
      .map((name) => `variable ${name} is required but not given`),
  ];
}

const schema = buildSchema(read('../schema.graphql'));
const files = readdirSync(new URL('samples/', root)).filter((file) => file.endsWith('.graphql'));
const namesSeen = new Set();
const failures = files.flatMap((file) => problemsOf(file, schema, namesSeen).map((problem) => `${file}: ${problem}`));
for (const failure of failures) console.error(failure);
console.log(`${files.length} samples, ${failures.length} problems`);
process.exitCode = failures.length > 0 || files.length === 0 ? 1 : 0;
