import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const CLOCK_OFFSET = join(__dirname, 'clock-offset.js');
const LAUNCH = join(__dirname, 'launch.js');
const ANNOUNCEMENT = /demo on http:\/\/127\.0\.0\.1:(\d+)/;

/** The demo in a process that gets killed. */
export class AppProcess {
  private readonly child: ChildProcess;
  private readonly exit: Promise<unknown>;

  constructor(main: string, env: Record<string, string>, log: (text: string) => void) {
    const all = { PATH: process.env.PATH, PORT: '0', ...env };
    this.child = spawn(process.execPath, ['--require', CLOCK_OFFSET, LAUNCH, main], { env: all, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.exit = new Promise((resolve) => this.child.once('exit', resolve));
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on('data', (chunk: Buffer) => log(chunk.toString()));
    this.child.on('error', () => undefined);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves to its port when it listens; to null when it ended before. */
  async listening(): Promise<number | null> {
    let text = '';
    return Promise.race([
      this.exit.then(() => null),
      new Promise<number>((resolve) => {
        this.child.stdout!.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const port = ANNOUNCEMENT.exec(text)?.[1];
          if (port) resolve(Number(port));
        });
      }),
    ]);
  }

  async ended(): Promise<void> {
    await this.exit;
  }

  async signal(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    await this.exit;
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Resolves when the process has the new offset, or has ended. */
  async setClock(offset: number): Promise<void> {
    if (this.child.connected) await Promise.race([this.tell(offset), this.exit]);
  }

  private tell(offset: number): Promise<void> {
    return new Promise((resolve) => {
      const hear = (told: unknown) => {
        if (told !== offset) return;
        this.child.off('message', hear);
        resolve();
      };
      this.child.on('message', hear);
      this.child.send(offset, () => undefined);
    });
  }
}
