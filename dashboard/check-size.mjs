// Fails when the dashboard's JavaScript, all chunks together, is larger than an administrator should wait for.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 270;
const assets = new URL('../dist/dashboard/assets/', import.meta.url);
const sizes = readdirSync(assets)
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name, kb: gzipSync(readFileSync(new URL(name, assets)), { level: 9 }).length / 1024 }))
  .sort((a, b) => b.kb - a.kb);
const total = sizes.reduce((sum, { kb }) => sum + kb, 0);

for (const { name, kb } of sizes) console.log(`${kb.toFixed(1).padStart(7)} KB  ${name}`);
console.log(`${total.toFixed(1).padStart(7)} KB  of ${LIMIT_KB} KB gzip`);
if (sizes.length === 0 || total > LIMIT_KB) process.exitCode = 1;
