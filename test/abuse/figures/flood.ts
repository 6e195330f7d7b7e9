import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { DemoProcess } from '../../support/demo-process';

/** Junk tokens from a process of its own. */
export class Flood {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
  ) {}

  /** @param perSecond to all nodes; Infinity for as many as are answered */
  static async begin(nodes: DemoProcess[], perSecond: number, seconds: number): Promise<Flood> {
    const urls = nodes.map(({ http }) => http.url);
    const child = spawn(process.execPath, [join(__dirname, 'send-junk.mjs'), String(perSecond), String(seconds), ...urls], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    return new Flood(child, lines);
  }

  /** @returns answers a second */
  async end(): Promise<number> {
    const [[line]] = (await Promise.all([once(this.lines, 'line'), once(this.child, 'exit')])) as [[string], unknown];
    const { perSecond, statuses } = JSON.parse(line) as { perSecond: number; statuses: Record<string, number> };
    expect(Object.keys(statuses)).toEqual(['401']);
    return perSecond;
  }
}
