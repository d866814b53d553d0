// Every audit of GraphQL over HTTP against a running server: node audits.mjs URL. Any that is not passed in full, be it a
// mere recommendation, fails the run.
import { serverAudits } from "graphql-http";

const EXPECTED = 61;
const audits = serverAudits({ url: process.argv[2] });
let failed = audits.length !== EXPECTED;
console.log(`${audits.length} audits of ${EXPECTED}`);
for (const { fn } of audits) {
  const { id, name, status, reason } = await fn();
  if (status !== "ok") {
    failed = true;
    console.log(`${id} ${status}: ${name}: ${reason}`);
  }
}
process.exitCode = failed ? 1 : 0;
