import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DemoProcess } from '../../support/demo-process';

/** Junk tokens from a process of its own. */
export class Flood {
  private constructor(private readonly lines: AsyncIterator<string>) {}

  /** @param perSecond to all nodes; Infinity for as many as are answered */
  static async begin(nodes: DemoProcess[], perSecond: number, seconds: number): Promise<Flood> {
    const urls = nodes.map(({ http }) => http.url);
    const child = spawn(process.execPath, [join(__dirname, 'send-junk.mjs'), String(perSecond), String(seconds), ...urls], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    await lines.next();
    return new Flood(lines);
  }

  /** @returns answers a second */
  async end(): Promise<number> {
    const { value } = (await this.lines.next()) as IteratorYieldResult<string>;
    const { perSecond, statuses } = JSON.parse(value) as { perSecond: number; statuses: Record<string, number> };
    expect(Object.keys(statuses)).toEqual(['401']);
    return perSecond;
  }
}
