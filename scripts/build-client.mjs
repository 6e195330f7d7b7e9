/**
 * Builds the client into dist/client: one ES module that a browser can load as it is, one CommonJS module, and the types of
 * each.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minify } from '@swc/core';
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
    lib: { entry: 'index.ts' },
    rolldownOptions: {
      output: [
        { format: 'es', entryFileNames: 'index.mjs' },
        { format: 'cjs', entryFileNames: 'index.js' },
      ],
    },
  },
});

// What browsers load is small.
const module = join(TARGET, 'index.mjs');
const { code } = await minify(readFileSync(module, 'utf8'), {
  module: true,
  ecma: 2022,
  compress: { passes: 3, ecma: 2022, hoist_vars: true, unsafe_arrows: true, pure_getters: true },
  mangle: true,
});
writeFileSync(module, code);

const tsc = join(PROJECT, 'node_modules/.bin/tsc');
const { status } = spawnSync(tsc, ['-p', 'src/client', '--noEmit', 'false', '--emitDeclarationOnly', '--outDir', TARGET], {
  cwd: PROJECT,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

// An ES module names the files it imports in full.
const types = readFileSync(join(TARGET, 'index.d.ts'), 'utf8');
writeFileSync(join(TARGET, 'index.d.mts'), types.replace(/'(\.\/[\w-]+)'/g, "'$1.js'"));
