// Compiles src/ for Node into build/, with the plugin that Relay's tags need.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@babel/core';

const plugins = ['relay', '@babel/plugin-transform-typescript', '@babel/plugin-transform-modules-commonjs'];

rmSync('build', { recursive: true, force: true });
for (const name of readdirSync('src', { recursive: true })) {
  if (!name.endsWith('.ts')) continue;
  const { code } = transformFileSync(join('src', name), { plugins, babelrc: false, configFile: false });
  const output = join('build', name.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, code);
}
