import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, HttpClient } from './http';

const MAIN = join(__dirname, '../../dist-demo/demo/main.js');
const ANNOUNCEMENT = /demo on (http:\/\/127\.0\.0\.1:\d+)/;

/** The demo in a process of its own, as `npm start` runs it. */
export class DemoProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly http: HttpClient,
    readonly output: () => string,
  ) {}

  /** @param main the built demo of another version */
  static async start(env: Record<string, string>, main = MAIN): Promise<DemoProcess> {
    const { child, output } = launch(env, main);
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout!.on('data', () => {
        const match = ANNOUNCEMENT.exec(output());
        if (match) resolve(match[1]!);
      });
      child.on('exit', (code) => reject(new Error(`the demo ended with ${code} before it listened:\n${output()}`)));
    });
    return new DemoProcess(child, new HttpClient(url), output);
  }

  /** Runs a demo that is expected to end by itself. */
  static async fail(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
    const { child, output } = launch(env, MAIN);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output: output() };
  }

  login(username: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.http.post('/auth/login', { username, password: `${username}-demo` }, headers);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}

function launch(env: Record<string, string>, main: string): { child: ChildProcess; output: () => string } {
  if (!existsSync(main)) throw new Error('The demo is not built: run npm run build && npm run build:demo');
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}
