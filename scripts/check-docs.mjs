/**
 * Do the docs say what the code does? Reads the code with the TypeScript compiler and the docs as Markdown, names every
 * difference, and fails if there is one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const PROJECT = join(import.meta.dirname, '..');
/** What another library makes is no section of options. */
const FOREIGN = ['RedisClient'];
const ENTRY_POINTS = ['src/index.ts', 'src/client/index.ts', 'src/migrations/index.ts', 'src/testing/index.ts'];
const PAGES = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pagesBelow('docs')];

const program = createProgram();
const checker = program.getTypeChecker();
const problems = [];

checkOptions();
checkHooks();
checkEvents();
checkErrors();
checkService();
checkLayout();
checkEnvironment();
checkDocstrings();
checkLinks();
checkSecurityTests();

for (const problem of problems) console.error(problem);
console.log(problems.length > 0 ? `\nDifferences between docs and code: ${problems.length}` : 'The docs agree with the code.');
process.exitCode = problems.length > 0 ? 1 : 0;

// ---- what is compared ----

/** An option is a row of a table, a group of options a heading. */
function checkOptions() {
  const page = readPage('docs/options.md');
  const code = new Map([...walkOptions(interfaceNamed('JwtRefreshOptions')), ...walkOptions(interfaceNamed('JwtRefreshExtras'))]);
  const docs = new Map([
    ...page.headings.filter(({ code }) => code).map(({ code }) => [code, {}]),
    ...rowsAbout(page, 'option').map(({ name, cells }) => [name, { default: plain(cells[2]) }]),
  ]);
  compare(page, 'option', code, docs);
}

function checkHooks() {
  const page = readPage('docs/hooks-and-events.md');
  const hooks = page.headings.filter(({ code }) => code && !code.includes('.'));
  compare(page, 'hook', factsOf(membersOf('JwtRefreshHooks')), factsOf(hooks.map(({ code }) => code)));
}

/** An event is a heading, with a table of the fields it has of its own. */
function checkEvents() {
  const page = readPage('docs/hooks-and-events.md');
  const shared = ['type', ...membersOf('RefreshTokenEventBase')];
  const ownFields = (event) => namesOf(checker.getTypeOfSymbol(event).getProperties()).filter((name) => !sharedBy(event).includes(name));
  const sharedBy = ({ name }) => (name.startsWith('admin.') ? ['type', ...membersOf('AdminEventBase')] : shared);
  const fieldsBelow = (heading) => namesOf(rowsAbout(page, 'field').filter(({ section }) => section === heading));
  const code = interfaceNamed('JwtRefreshEventMap')
    .getProperties()
    .map((event) => [event.name, { fields: list(ownFields(event)) }]);
  const docs = page.headings.filter(({ code }) => code?.includes('.')).map(({ code, text }) => [code, { fields: list(fieldsBelow(text)) }]);
  compare(page, 'event', new Map(code), new Map(docs));
  compare(page, 'field of every event of a session', factsOf(shared), factsOf(fieldsBelow('What every event of a session tells')));
}

function checkErrors() {
  const page = readPage('docs/errors.md');
  const table = checker.getTypeOfSymbol(exportNamed('ERROR_TABLE'));
  const literal = (type, name) => String(checker.getTypeOfSymbol(type.getProperty(name)).value);
  const code = table.getProperties().map((error) => {
    const type = checker.getTypeOfSymbol(error);
    return [error.name, { status: literal(type, 'status'), message: literal(type, 'message') }];
  });
  const docs = rowsAbout(page, 'code').map(({ name, cells }) => [name, { status: cells[1], message: cells[2] }]);
  compare(page, 'error', new Map(code), new Map(docs));
}

/** A method is a row of the table. */
function checkService() {
  const page = readPage('docs/sessions.md');
  const methods = interfaceNamed('JwtRefreshService')
    .getProperties()
    .filter(({ valueDeclaration }) => ts.isMethodDeclaration(valueDeclaration));
  const docs = rowsAbout(page, 'method').map(({ name }) => name.slice(0, name.indexOf('(')));
  compare(page, 'method', factsOf(namesOf(methods)), factsOf(docs));
}

/** Every folder of the sources and of the tests is in the layout. */
function checkLayout() {
  const folders = ['src', 'test'].flatMap((parent) =>
    readdirSync(join(PROJECT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}/`),
  );
  const layout = readFileSync(join(PROJECT, 'CONTRIBUTING.md'), 'utf8');
  for (const folder of folders) {
    if (!layout.includes(`\`${folder}\``)) problems.push(`CONTRIBUTING.md: the folder \`${folder}\` is missing`);
  }
}

function checkEnvironment() {
  const page = readPage('docs/demo.md');
  compare(page, 'environment variable', factsOf(variablesRead('demo/environment.ts')), factsOf(namesOf(rowsAbout(page, 'variable'))));
}

function checkDocstrings() {
  for (const entry of ENTRY_POINTS) {
    for (const exported of exportsOf(entry)) {
      if (exported.getDocumentationComment(checker).length > 0) continue;
      problems.push(`${fileOf(exported)}: ${exported.name}, which ${entry} exports, has no docstring`);
    }
  }
}

function checkLinks() {
  const anchors = new Map(PAGES.filter(exists).map((path) => [path, new Set(readPage(path).headings.map(({ text }) => slugOf(text)))]));
  for (const path of PAGES) {
    if (!exists(path)) problems.push(`${path}: is missing`);
    else for (const link of readPage(path).links) checkLink(path, link, anchors);
  }
}

function checkLink(from, link, anchors) {
  if (/^[a-z]+:/.test(link)) return;
  const [file, anchor] = link.split('#');
  const target = file ? relative(PROJECT, join(PROJECT, dirname(from), file)) : from;
  if (!exists(target)) problems.push(`${from}: the link ${link} leads nowhere`);
  else if (anchor && !anchors.get(target)?.has(anchor)) problems.push(`${from}: the link ${link} names no heading of ${target}`);
}

/** A test is an item below its attack: the file, and in code how its title begins. */
function checkSecurityTests() {
  const path = 'docs/security-tests.md';
  const items = exists(path) ? readFileSync(join(PROJECT, path), 'utf8').match(/^ {2}- .*$/gm) : null;
  if (!items) problems.push(`${path}: names no test`);
  for (const item of items ?? []) {
    const [, file, title] = /^ {2}- (\S+\.spec\.ts): `(.+)`$/.exec(item) ?? [];
    if (!file || !exists(file)) problems.push(`${path}: "${item.trim()}" names no file of tests`);
    else if (!beginsText(readFileSync(join(PROJECT, file), 'utf8'), title)) problems.push(`${path}: ${file} has no test "${title}"`);
  }
}

/** As the text stands in the source, behind a quote. */
function beginsText(source, title) {
  return ["'", '"', '`'].some((quote) => source.includes(quote + title));
}

/** Both maps go from a name to facts about it. */
function compare({ path }, what, code, docs) {
  for (const [name, facts] of code) {
    if (docs.has(name)) compareFacts(path, `${what} \`${name}\``, facts, docs.get(name));
    else problems.push(`${path}: the ${what} \`${name}\` is missing`);
  }
  for (const name of docs.keys()) {
    if (!code.has(name)) problems.push(`${path}: the ${what} \`${name}\` does not exist in the code`);
  }
}

function compareFacts(path, what, code, docs) {
  for (const [fact, said] of Object.entries(docs)) {
    if (said !== code[fact]) problems.push(`${path}: the ${what}: ${fact} here "${said}", in the code "${code[fact]}"`);
  }
}

// ---- the code ----

function createProgram() {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  return ts.createProgram(
    ENTRY_POINTS.map((entry) => join(PROJECT, entry)),
    options,
  );
}

function exportsOf(entry) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(PROJECT, entry)));
  return checker.getExportsOfModule(module).map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

function exportNamed(name) {
  return exportsOf('src/index.ts').find((symbol) => symbol.name === name);
}

function interfaceNamed(name) {
  return checker.getDeclaredTypeOfSymbol(exportNamed(name));
}

function membersOf(name) {
  return namesOf(interfaceNamed(name).getProperties());
}

/** Every option with its default, nested ones by path: `accessToken.keys[].id`, `errors.{code}.status`. */
function* walkOptions(type, parent = '') {
  for (const property of type.getProperties()) {
    const path = parent ? `${parent}.${property.name}` : property.name;
    yield [path, { default: defaultOf(property) }];
    for (const inner of innerTypes(checker.getTypeOfSymbol(property), path)) yield* walkOptions(inner.type, inner.path);
  }
}

function defaultOf(property) {
  const tag = property.getJsDocTags(checker).find(({ name }) => name === 'default');
  if (tag) return plain(ts.displayPartsToString(tag.text).replace(/\{@link (\w+)\}/g, '$1'));
  return property.flags & ts.SymbolFlags.Optional ? 'none' : 'required';
}

/** The project's own object types inside a type: behind `undefined`, in a list, or by error code. */
function innerTypes(type, path) {
  if (type.isUnion()) return type.types.flatMap((member) => innerTypes(member, path));
  if (checker.isArrayType(type)) return innerTypes(checker.getTypeArguments(type)[0], `${path}[]`);
  if (type.objectFlags & ts.ObjectFlags.Mapped) return innerTypes(checker.getTypeOfSymbol(type.getProperties()[0]), `${path}.{code}`);
  return type.isClassOrInterface() && fileOf(type.symbol).startsWith('src/') && !FOREIGN.includes(type.symbol.name) ? [{ type, path }] : [];
}

function fileOf(symbol) {
  return relative(PROJECT, symbol.declarations[0].getSourceFile().fileName);
}

/** Names of members of `env`, and texts that look like such names. */
function variablesRead(path) {
  const names = new Set();
  const visit = (node) => {
    if (ts.isPropertyAccessExpression(node) && /^(process\.)?env$/.test(node.expression.getText())) names.add(node.name.text);
    if (ts.isStringLiteral(node) && /^[A-Z][A-Z0-9_]+$/.test(node.text)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(join(PROJECT, path), 'utf8'), ts.ScriptTarget.Latest, true));
  return [...names];
}

// ---- the docs ----

function pagesBelow(folder) {
  return readdirSync(join(PROJECT, folder), { recursive: true })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

function exists(path) {
  return existsSync(join(PROJECT, path));
}

/** Headings, table rows and links of a page; what stands in code blocks is left out. */
function readPage(path) {
  const text = exists(path) ? withoutCodeBlocks(readFileSync(join(PROJECT, path), 'utf8')) : '';
  const page = { path, headings: [], rows: [], links: linksIn(text) };
  let subject = null;
  for (const line of text.split('\n')) {
    const heading = /^#+ (.+)$/.exec(line)?.[1];
    if (heading) page.headings.push({ text: heading, code: leadingCode(heading) });
    const cells = line.startsWith('|') ? cellsOf(line) : null;
    if (cells && subject) page.rows.push({ section: page.headings.at(-1)?.text, subject, name: leadingCode(cells[0]), cells });
    subject = cells ? (subject ?? cells[0]) : null;
  }
  return page;
}

/** Rows of the tables whose first column is headed so. */
function rowsAbout(page, subject) {
  return page.rows.filter((row) => row.subject === subject && row.name);
}

function cellsOf(line) {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1);
  return cells.map((cell) => cell.trim().replace(/\\([<>|])/g, '$1'));
}

function linksIn(text) {
  const links = text.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, link]) => link);
}

function leadingCode(text) {
  return /^`([^`]+)`/.exec(text)?.[1];
}

function withoutCodeBlocks(text) {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}

/** As GitHub makes anchors. */
function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function plain(text) {
  return text.replaceAll('`', '').replace(/\s+/g, ' ').trim();
}

function namesOf(named) {
  return named.map(({ name }) => name);
}

function list(names) {
  return names.toSorted().join(', ');
}

function factsOf(names) {
  return new Map(names.map((name) => [name, {}]));
}
