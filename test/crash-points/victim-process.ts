import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, HttpClient } from '../support/http';

const ANNOUNCEMENT = /demo on (http:\/\/127\.0\.0\.1:\d+)/;
const ENVIRONMENT = {
  PORT: '0',
  HTTP_ADAPTER: 'fastify',
  JWT_REFRESH_SECRET: 'a secret that outlives its processes: d0Vn3Xq8sT',
  // The client that repeats its request does so after the next start.
  GRACE_SECONDS: '600',
};

/** How long those that came together may take for their answers when the first of them has come as far as it may. */
const ANSWERS_MS = 250;

/** A POST that may be interrupted. */
export interface Request {
  readonly path: string;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/** How far a request came: it was stopped, or answered and had passed these points. */
export type Outcome = { readonly stopped: true } | { readonly stopped: false; readonly answer: Answer; readonly passed: readonly string[] };

interface Message {
  readonly id: string;
  readonly event: 'stopped' | 'answered';
  readonly passed: string[];
}

/** A request whose end has not been heard of. */
interface Sent {
  readonly id: string;
  readonly answer: Promise<Answer>;
}

/** The copy of the demo whose awaits have names. */
export class DemoWithPoints {
  readonly folder = mkdtempSync(join(tmpdir(), 'jwt-refresh-points-'));
  private readonly children: ChildProcess[] = [];

  constructor() {
    execFileSync(process.execPath, [join(__dirname, 'build-with-points.mjs'), this.folder]);
  }

  /** Starts one process with a demo on each of the databases. */
  async start(databases: readonly string[]): Promise<VictimProcess> {
    const child = fork(join(__dirname, 'victim.cjs'), [join(this.folder, 'dist-demo/demo/main.js')], {
      silent: true,
      env: { PATH: process.env.PATH },
    });
    this.children.push(child);
    child.setMaxListeners(0);
    child.stderr!.pipe(process.stderr);
    await once(child, 'message');
    const nodes = [];
    for (const url of databases) nodes.push(await startDemo(child, url));
    return new VictimProcess(child, nodes);
  }

  /** Ends what a failed test has left. */
  remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

async function startDemo(child: ChildProcess, databaseUrl: string): Promise<HttpClient> {
  const url = Promise.race([announced(child), once(child, 'exit').then(() => Promise.reject(new Error('the demo ended before it listened')))]);
  child.send({ env: { ...ENVIRONMENT, DATABASE_URL: databaseUrl } });
  return new HttpClient(await url);
}

function announced({ stdout }: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve) => {
    const read = (chunk: Buffer): void => {
      const url = ANNOUNCEMENT.exec((output += chunk.toString()))?.[1];
      if (!url) return;
      stdout!.off('data', read);
      resolve(url);
    };
    stdout!.on('data', read);
  });
}

/** A process that is going to be killed. */
export class VictimProcess {
  private requests = 0;

  constructor(
    private readonly child: ChildProcess,
    readonly demos: readonly HttpClient[],
  ) {}

  /** Sends a request as far as a point. */
  async send(demo: number, request: Request, stopAt = 'nowhere'): Promise<Outcome> {
    return this.outcomeOf(this.begin(demo, request, stopAt));
  }

  /** Sends requests as far as one point, where they meet, and from there all in one turn of the event loop; the first as far as another point. */
  async sendTogether(demo: number, requests: readonly Request[], meetAt: string, stopAt = 'nowhere'): Promise<Outcome[]> {
    const sent = [];
    for (const request of requests) sent.push(await this.bring(demo, request, meetAt));
    const outcomes = sent.map((each) => this.outcomeOf(each));
    this.child.send({ goOn: sent.map(({ id }) => id), stopAt });
    await outcomes[0];
    return Promise.all(outcomes.map((outcome) => Promise.race([outcome, wait(ANSWERS_MS, { stopped: true } as const)])));
  }

  private async bring(demo: number, request: Request, stopAt: string): Promise<Sent> {
    const sent = this.begin(demo, request, stopAt);
    expect(await this.outcomeOf(sent)).toEqual({ stopped: true });
    return sent;
  }

  private begin(demo: number, { path, body, headers }: Request, stopAt: string): Sent {
    const id = String(++this.requests);
    const answer = this.demos[demo]!.post(path, body, { ...headers, 'x-crash-request': id, 'x-crash-at': stopAt });
    // The kill breaks the connection of a request that was stopped; before, it must not break.
    answer.catch(() => undefined);
    return { id, answer };
  }

  /** What is told next. */
  private async outcomeOf({ id, answer }: Sent): Promise<Outcome> {
    const told = new Promise<Message>((resolve) => this.child.on('message', (message: Message) => message.id === id && resolve(message)));
    const { event, passed } = await Promise.race([told, answer.then(() => told)]);
    return event === 'stopped' ? { stopped: true } : { stopped: false, answer: await answer, passed };
  }

  async kill(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
