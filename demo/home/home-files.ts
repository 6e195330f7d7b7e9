import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const CONFIG_PLACE = '__DEMO__';
const TYPES: Record<string, string> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };

/** The project, from the built demo or from its sources. */
const PROJECT = [join(__dirname, '../../..'), join(__dirname, '../..')].find((folder) => existsSync(join(folder, 'package.json'))) as string;
const FOLDER = join(PROJECT, 'dist-demo/home');

/** The built page with what it must know, as inert text. */
export function readPage(config: object): Buffer {
  const page = readFileSync(join(FOLDER, 'index.html'), 'utf8');
  return Buffer.from(page.replace(CONFIG_PLACE, () => escapeHtml(JSON.stringify(config))));
}

/** One of the built files; null for any other name, whatever it is (CWE-22). */
export function readAsset(name: string): { type: string; content: Buffer } | null {
  const type = TYPES[extname(name)];
  const folder = join(FOLDER, 'assets');
  if (!type || !readdirSync(folder).includes(name)) return null;
  return { type, content: readFileSync(join(folder, name)) };
}

export const readReadme = (): Buffer => readFileSync(join(PROJECT, 'README.md'));

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
