import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The user that a server runs as: most refuse to run as root. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Root becomes `name`; anybody else stays who they are. */
export function identityOf(name: string): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, name]).toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** A new folder that this user may write to. */
export function folderFor(name: string, { uid, gid }: Identity): string {
  const folder = mkdtempSync(join(tmpdir(), `chaos-${name}-`));
  chmodSync(folder, 0o700);
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** Runs a program to its end. */
export function run(program: string, parameters: readonly string[], { uid, gid }: Identity, cwd: string): void {
  const { status, error, stderr } = spawnSync(program, parameters, { uid, gid, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  if (error || status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr.toString().slice(-500)}`);
}

/** The first of the places where a program can be. */
export function findProgram(places: readonly string[]): string {
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`none of these programs is installed: ${places.join(', ')}`);
  return found;
}

/** A server in the foreground, on a folder of its own. */
export class ServerProcess {
  private child: ChildProcess | null = null;
  private lastWords = '';

  constructor(
    readonly folder: string,
    private readonly identity: Identity,
    private readonly program: string,
    private readonly parameters: readonly string[],
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  get isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  get output(): string {
    return this.lastWords;
  }

  start(): void {
    this.child = spawn(this.program, this.parameters, {
      ...this.identity,
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.lastWords = (this.lastWords + chunk.toString()).slice(-4000)));
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<void> {
    if (!this.isRunning) return;
    const exit = once(this.child!, 'exit');
    this.child!.kill(signal);
    await exit;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
