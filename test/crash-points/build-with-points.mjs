// Makes a copy of the built demo in which every await of the module is a named point: `await x` can stop before it and after it.
//   node test/crash-points/build-with-points.mjs folder
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
/** What runs in browsers. */
const LEFT_ALONE = /^(dist\/(client|dashboard)|dist-demo\/home)\//;

function buildWithPoints(folder) {
  for (const name of ['dist', 'dist-demo', 'package.json']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of scriptsIn(folder, 'dist', 'dist-demo')) writeFileSync(file, withPoints(relative(folder, file), readFileSync(file, 'utf8')));
}

function scriptsIn(folder, ...names) {
  const entries = names.flatMap((name) => readdirSync(join(folder, name), { recursive: true }).map((entry) => join(name, entry)));
  return entries.filter((entry) => entry.endsWith('.js') && !LEFT_ALONE.test(entry)).map((entry) => join(folder, entry));
}

/** `await x` becomes `(await crashPoint.before(name), await crashPoint.after(name, await x))`. */
function withPoints(path, code) {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
  const insertions = awaitsIn(source).flatMap(({ node, name }) => [
    { at: node.getStart(), text: `(await crashPoint.before(${name}), await crashPoint.after(${name}, ` },
    { at: node.end, text: '))' },
  ]);
  return insertions.sort((a, b) => b.at - a.at).reduce((text, { at, text: inserted }) => text.slice(0, at) + inserted + text.slice(at), code);
}

/** Named by file, function and what is waited for: `database withRunner: work(runner)`. */
function awaitsIn(source) {
  const found = [];
  const visit = (node) => {
    if (ts.isAwaitExpression(node)) found.push({ node, name: JSON.stringify(nameOf(node, source)) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function nameOf(node, source) {
  const awaited = node.expression.getText(source).replaceAll(/\s+/g, ' ');
  return `${basename(source.fileName, '.js')} ${functionAround(node)}: ${awaited.length > 60 ? `${awaited.slice(0, 60)}...` : awaited}`;
}

function functionAround(node) {
  for (let parent = node.parent; parent; parent = parent.parent) if (ts.isFunctionLike(parent) && parent.name) return parent.name.getText();
  return 'main';
}

buildWithPoints(process.argv[2]);
