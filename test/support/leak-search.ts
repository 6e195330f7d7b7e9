import type { LoggerService } from '@nestjs/common';
import { Console } from 'node:console';
import type { RunningApp } from './stack';

/** The shortest part of a secret that counts as found. */
export const PART = 12;

/** How bytes look in a log; where it lists their numbers, {@link partsFound} reads them as hex. */
export const spellings = (secrets: Buffer[]): string[] =>
  secrets.flatMap((secret) => (['hex', 'base64', 'base64url', 'latin1'] as const).map((encoding) => secret.toString(encoding)));

/** Runs of 12 characters of the given secrets that are in a text. */
export function partsFound(secrets: string[], text: string): string[] {
  return partsIn(secrets, text).concat(partsIn(secrets, hexOfByteLists(text)));
}

/** Bytes as numbers, `[1,255,…]` or `<Buffer 01 ff …>`: each list as one word of hex. */
function hexOfByteLists(text: string): string {
  const decimal = (text.match(/\b\d{1,3}(?:,\s*\d{1,3}\b){5,}/g) ?? []).map((list) => Buffer.from(list.split(',').map(Number)).toString('hex'));
  const hex = (text.match(/\b[\da-f]{2}(?: [\da-f]{2}\b){5,}/g) ?? []).map((list) => list.replaceAll(' ', ''));
  return [...decimal, ...hex].join('\n');
}

function partsIn(secrets: string[], text: string): string[] {
  const parts = new Set(
    secrets.flatMap((secret) => Array.from({ length: secret.length - PART + 1 }, (_, start) => secret.slice(start, start + PART))),
  );
  const found = new Set<string>();
  for (let start = 0; start + PART <= text.length; start++) {
    const part = text.slice(start, start + PART);
    if (parts.has(part)) found.add(part);
  }
  return [...found];
}

/** Everything that is printed while it is on: stdout, stderr, the console and Nest's logger. */
export class Capture {
  private readonly chunks: string[] = [];
  private readonly streams = [process.stdout, process.stderr];
  private readonly writes = this.streams.map((stream) => stream.write.bind(stream));
  private readonly realConsole = globalThis.console;
  readonly console: Console;
  readonly logger: LoggerService;

  constructor() {
    const take = (chunk: unknown): true => {
      this.chunks.push(String(chunk));
      return true;
    };
    for (const stream of this.streams) stream.write = take;
    // Jest's console does not go through the streams.
    this.console = new Console(process.stdout, process.stderr);
    globalThis.console = this.console as typeof globalThis.console;
    const print = (...parts: unknown[]) => this.console.log(...parts);
    this.logger = { log: print, error: print, warn: print, debug: print, verbose: print, fatal: print };
  }

  get text(): string {
    return this.chunks.join('');
  }

  stop(): void {
    for (const [index, stream] of this.streams.entries()) stream.write = this.writes[index] as typeof stream.write;
    globalThis.console = this.realConsole;
  }
}

/** Every row of every table of the module, as its driver reads it. */
export async function dump({ dataSource }: RunningApp): Promise<string> {
  const tables = dataSource.entityMetadatas.map(({ tablePath }) => tablePath);
  return JSON.stringify(await Promise.all(tables.map((table) => dataSource.query(`SELECT * FROM ${table}`))));
}
