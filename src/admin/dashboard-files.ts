import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file as it is sent. */
export interface DashboardFile {
  readonly type: string;
  readonly content: Buffer;
  readonly gzipped: Buffer;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The built page: beside the compiled module, or where a build of the sources puts it. */
const FOLDER = [join(__dirname, '../dashboard'), join(__dirname, '../../dist/dashboard')].find((folder) => existsSync(join(folder, 'index.html')));

/** The page as a text, or null when it was not built. */
export function readDashboardPage(): string | null {
  return FOLDER ? readFileSync(join(FOLDER, 'index.html'), 'utf8') : null;
}

/** Every asset by its name: what is not in this list does not exist, whatever a path says (CWE-22). */
export function readDashboardAssets(): ReadonlyMap<string, DashboardFile> {
  const folder = FOLDER && join(FOLDER, 'assets');
  const names = folder ? readdirSync(folder).filter((name) => extname(name) in TYPES) : [];
  return new Map(names.map((name) => [name, readAsset(join(folder as string, name))]));
}

function readAsset(path: string): DashboardFile {
  const content = readFileSync(path);
  return { type: TYPES[extname(path)] as string, content, gzipped: gzipSync(content) };
}
