// Fails when what a browser loads is larger than anybody should wait for: all scripts of the dashboard, and the client.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

check('dist/dashboard/assets/', '.js', 270);
check('dist/client/', '.mjs', 3.5);

function check(folder, ending, limit) {
  const path = new URL(`../${folder}`, import.meta.url);
  const sizes = readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, kb: gzipSync(readFileSync(new URL(name, path)), { level: 9 }).length / 1024 }))
    .sort((a, b) => b.kb - a.kb);
  const total = sizes.reduce((sum, { kb }) => sum + kb, 0);
  for (const { name, kb } of sizes) console.log(`${kb.toFixed(2).padStart(8)} KB  ${name}`);
  console.log(`${total.toFixed(2).padStart(8)} KB  of ${limit} KB gzip in ${folder}`);
  if (sizes.length === 0 || total > limit) process.exitCode = 1;
}
