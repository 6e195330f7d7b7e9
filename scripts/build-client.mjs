/**
 * Builds the client into dist/client: one ES module that a browser can load as it is, one CommonJS module, and the types of
 * each.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const PROJECT = join(import.meta.dirname, '..');
const TARGET = join(PROJECT, 'dist/client');

await build({
  root: join(PROJECT, 'src/client'),
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: TARGET,
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    lib: { entry: 'index.ts' },
    rolldownOptions: {
      output: [
        { format: 'es', entryFileNames: 'index.mjs', minify: true },
        { format: 'cjs', entryFileNames: 'index.js' },
      ],
    },
  },
});

const tsc = join(PROJECT, 'node_modules/.bin/tsc');
const { status } = spawnSync(tsc, ['-p', 'src/client', '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', TARGET], {
  cwd: PROJECT,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

// An ES module names the files it imports in full.
const types = readFileSync(join(TARGET, 'index.d.ts'), 'utf8');
writeFileSync(join(TARGET, 'index.d.mts'), types.replace(/'(\.\/[\w-]+)'/g, "'$1.js'"));
