// Starts a server as a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** @param file a module that calls `serve()`; its `config` is the second parameter */
export async function startServer(file, config = {}) {
  const child = fork(new URL(file, import.meta.url), [JSON.stringify(config)], { env: { ...process.env, NODE_ENV: 'production' } });
  const gone = once(child, 'exit');
  const waiting = new Map();
  child.on('message', ({ question, answer }) => waiting.get(question)(answer));
  const hear = (question) => {
    const lost = gone.then(([code]) => Promise.reject(new Error(`${file} ended with code ${code}`)));
    return Promise.race([new Promise((resolve) => waiting.set(question, resolve)), lost]);
  };
  const port = await hear('port');
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    /** One question of a kind at a time. */
    ask(question) {
      child.send(question);
      return hear(question);
    },
    async stop() {
      child.disconnect();
      await gone;
    },
  };
}

/** Runs `work(start)`; the servers that it starts are stopped after it. */
export async function withServers(work) {
  const servers = [];
  const start = async (file, config) => {
    const server = await startServer(file, config);
    servers.push(server);
    return server;
  };
  try {
    return await work(start);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
