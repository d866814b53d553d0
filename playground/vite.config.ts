import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  base: '/playground/',
  plugins: [react()],
  resolve: {
    alias: [
      { find: 'monaco-editor/esm/vs/editor/edcore.main.js', replacement: source('monaco-core.ts') },
      { find: /^.*\/(diffEditorWidget|multiDiffEditorWidget)\.js$/, replacement: source('monaco-no-diff.ts') },
      // Only "prettify variables" uses these two: half a megabyte to indent JSON.
      { find: /^prettier\/(plugins\/estree|parser-babel)$/, replacement: source('prettier-jsonc.ts') },
    ],
  },
  build: {
    // The server's policy allows scripts and workers from files only, and files cache better than base64.
    assetsInlineLimit: 0,
    // Monaco is one chunk of this size, loaded beside the page.
    chunkSizeWarningLimit: 3000,
    license: { fileName: 'licenses.md' },
    // React's compiler leaves its directives in published packages; they mean nothing any more there.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    sourcemap: false,
    target: 'es2023',
  },
  server: {
    port: 5173,
    proxy: { '/graphql': { target: 'http://127.0.0.1:8000', ws: true } },
  },
});
