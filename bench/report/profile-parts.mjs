// Sums a profile up by the parts that the time went to.

/** The first that fits a frame's file; what has no file, or is Node's and fits none, works for its caller. */
const PARTS = [
  ['database driver', /\/node_modules\/(mysql2|pg|pg-protocol|pg-pool|better-sqlite3|iconv-lite|lru\.min|denque|long|generate-function|named-placeholders|sql-escaper)\//],
  ['TypeORM', /\/node_modules\/typeorm\//],
  ['body parsing', /\/node_modules\/(body-parser|raw-body|secure-json-parse|type-is)\/|contentTypeParser\.js/],
  ['Nest', /\/node_modules\/(@nestjs|rxjs|reflect-metadata)\//],
  ['device', /\/dist\/sessions\/device-info|\/node_modules\/bowser\//],
  ['tokens', /\/dist\/tokens\/|\/node_modules\/(jsonwebtoken|jws|jwa|safe-buffer|lodash\..*|jose|uuid)\//],
  ['Fastify or Express', /\/node_modules\//],
  ['audit and events', /\/dist\/(audit|statistics|events)\//],
  ['statements and rows', /\/dist\/(storage|sessions)\//],
  ['the rest of this library', /\/dist\//],
  ['crypto', /^node:(internal\/)?crypto/],
  ['node:http', /^node:(_http|internal\/http)/],
]; // prettier-ignore

const V8_PARTS = new Map([
  ['(root)', 'event loop'],
  ['(program)', 'event loop'],
  ['(idle)', 'idle'],
  ['(garbage collector)', 'garbage collection'],
]);

/** @returns microseconds by part, and by function, each with the largest first */
export function summarise({ nodes, samples, timeDeltas }) {
  const self = new Map();
  samples.forEach((id, index) => add(self, id, timeDeltas[index]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [parts, functions] = [new Map(), new Map()];
  const visit = ({ id, callFrame, children = [] }, inherited) => {
    const part = partOf(callFrame, inherited);
    const micros = self.get(id) ?? 0;
    add(parts, part, micros);
    add(functions, `${part}: ${nameOf(callFrame)}`, micros);
    for (const child of children) visit(byId.get(child), part);
  };
  visit(nodes[0], 'event loop');
  return { parts: sorted(parts), functions: sorted(functions) };
}

function partOf({ functionName, url }, inherited) {
  return V8_PARTS.get(functionName) ?? PARTS.find(([, files]) => files.test(url))?.[0] ?? inherited;
}

function nameOf({ functionName, url, lineNumber }) {
  const file = url.replace(/^.*\/(node_modules|dist)\//, '');
  return `${functionName || '(anonymous)'}${file && ` ${file}:${lineNumber + 1}`}`;
}

function add(sums, key, amount) {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function sorted(sums) {
  return Object.fromEntries([...sums].sort(([, a], [, b]) => b - a));
}
