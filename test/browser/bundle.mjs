/** Prints one script for browsers, with all that it imports: node bundle.mjs entry.ts */
import { join } from 'node:path';
import { build } from 'vite';

const [entry] = process.argv.slice(2);
const { output } = await build({
  configFile: false,
  logLevel: 'error',
  resolve: { alias: { 'nestjs-jwt-refresh/client': join(import.meta.dirname, '../../src/client/index.ts') } },
  build: { write: false, minify: false, rolldownOptions: { input: entry, output: { format: 'iife' } } },
});
process.stdout.write(output[0].code);
