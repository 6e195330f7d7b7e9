// A Redis that may be killed: of our own, on a port of its own, keeping nothing.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const PROGRAM = 'redis-server';
const START_MS = 5000;

export const hasRedisServer = () => spawnSync(PROGRAM, ['--version']).status === 0;

export class OwnRedis {
  #child = null;

  static async start() {
    const redis = new OwnRedis(await freePort());
    await redis.start();
    return redis;
  }

  constructor(port) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start() {
    this.#child = spawn(PROGRAM, ['--port', this.port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    const end = performance.now() + START_MS;
    while (!(await isListening(this.port))) {
      if (performance.now() > end) {
        await this.kill();
        throw new Error(`${PROGRAM} does not listen on ${this.port}`);
      }
      await wait(20);
    }
  }

  /** `kill -9`. */
  async kill() {
    if (!this.#child) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    this.#child = null;
    await gone;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function isListening(port) {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
