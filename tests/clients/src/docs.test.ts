// What docs/clients.md shows is what is tested here: each of its programs is the file that stands above it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/clients.md'), 'utf8');

test('the documentation shows the programs that are tested', () => {
  const shown = [...page.matchAll(/^\[`([^`]+)`\]\([^)]+\):\n\n```\w+\n(.+?)^```$/gms)];
  assert(shown.length >= 5);
  for (const [, file, program] of shown) {
    assert(file && program);
    assert.equal(readFileSync(join(root, file), 'utf8'), program, `docs/clients.md shows another ${file}`);
  }
});
