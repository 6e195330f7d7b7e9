import { setTimeout as sleep } from 'node:timers/promises';
import { LossyProxy } from '../network/lossy-proxy';
import type { Random } from '../random';
import { AppProcess } from './app-process';

/** What a node needs to know of its surroundings. */
export interface NodeSurroundings {
  /** The program, and its environment. */
  readonly main: string;
  readonly env: Record<string, string>;
  readonly log: (text: string) => void;
  /** A process that ended although nobody killed it, after it had listened. */
  readonly endedByItself: (node: number, lastWords: string) => void;
  /** One that ended before it listened, so many milliseconds after it was started. */
  readonly failedToStart: (node: number, milliseconds: number, lastWords: string) => void;
}

const PAUSE_AFTER_FAILED_START_MS = 300;
const LONGEST_FAREWELL_MS = 15_000;

/** A place where the app runs: whenever its process ends, the next one starts. */
export class AppNode {
  /** Null while no process listens. */
  port: number | null = null;
  isPaused = false;
  private process: AppProcess | null = null;
  private isClosed = false;
  private hasListened = false;
  private shift = 0;
  private skew = 0;
  private running: Promise<void> = Promise.resolve();
  private readonly readiness = new Set<() => void>();

  private constructor(
    readonly index: number,
    private readonly surroundings: NodeSurroundings,
    readonly proxy: LossyProxy,
  ) {}

  static async open(index: number, surroundings: NodeSurroundings, random: Random): Promise<AppNode> {
    const node: AppNode = new AppNode(index, surroundings, await LossyProxy.before(() => node.port, random));
    return node;
  }

  get isServing(): boolean {
    return this.port !== null && !this.isPaused;
  }

  /** Resolves when the first process listens. @throws Error with its last words, if it ends instead: nothing has struck yet */
  async start(): Promise<void> {
    this.running = this.runForEver();
    await Promise.race([this.listens(), this.running]);
  }

  async listens(): Promise<void> {
    if (this.port === null) await new Promise<void>((resolve) => this.readiness.add(resolve));
  }

  async kill(): Promise<void> {
    this.port = null;
    await this.process?.signal('SIGKILL');
  }

  async pause(milliseconds: number): Promise<void> {
    const paused = this.process;
    if (!paused) return;
    paused.pause();
    try {
      await sleep(milliseconds);
    } finally {
      paused.resume();
    }
  }

  /** All nodes' clocks are shifted alike. */
  setShift(shift: number): Promise<void> {
    this.shift = shift;
    return this.setClock();
  }

  /** This node's clock is off by a little of its own. */
  setSkew(skew: number): Promise<void> {
    this.skew = Math.round(skew);
    return this.setClock();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.process?.resume();
    const patience = setTimeout(() => void this.process?.signal('SIGKILL'), LONGEST_FAREWELL_MS);
    await this.process?.signal('SIGTERM');
    clearTimeout(patience);
    await this.running.catch(() => undefined);
    await this.proxy.close();
  }

  private async runForEver(): Promise<void> {
    while (!this.isClosed) await this.runOnce();
  }

  private async runOnce(): Promise<void> {
    const { main, env, log, endedByItself } = this.surroundings;
    let lastWords = '';
    const remember = (text: string) => {
      log(text);
      lastWords = (lastWords + text).slice(-2000);
    };
    const started = performance.now();
    this.process = new AppProcess(main, { ...env, CHAOS_CLOCK_OFFSET: String(this.offset) }, remember);
    const port = await this.process.listening();
    if (port === null) return this.restAfterFailedStart(performance.now() - started, lastWords);
    await this.setClock();
    this.announce(port);
    await this.process.ended();
    if (this.port !== null && !this.isClosed) endedByItself(this.index, lastWords);
    this.port = null;
  }

  private async restAfterFailedStart(milliseconds: number, lastWords: string): Promise<void> {
    if (!this.hasListened) throw new Error(`The app does not start: ${lastWords}`);
    if (!this.isClosed) this.surroundings.failedToStart(this.index, milliseconds, lastWords);
    await sleep(PAUSE_AFTER_FAILED_START_MS);
  }

  private get offset(): number {
    return this.shift + this.skew;
  }

  private async setClock(): Promise<void> {
    await this.process?.setClock(this.offset);
  }

  private announce(port: number): void {
    this.port = port;
    this.hasListened = true;
    for (const resolve of this.readiness) resolve();
    this.readiness.clear();
  }
}
