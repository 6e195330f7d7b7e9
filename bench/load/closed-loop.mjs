// A load of sessions that each send their next request when they have the answer to the last.
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from './connection.mjs';
import { percentiles } from './percentiles.mjs';

/**
 * @param server a started one, or anything like it
 * @param client makes a session: its `first` request, and the `next(answer)`, which throws at an answer that is no success
 * @param load `seconds` at most, or `until` a promise settles
 * @returns requests a second, milliseconds, and the CPU time of the server in microseconds a request
 */
export async function closedLoop(server, client, { sessions, seconds, warmUp = 0.5, until }) {
  const players = await Promise.all(Array.from({ length: sessions }, (_, index) => join(server.port, client(index))));
  const load = { measures: false, goes: true, times: [] };
  const playing = Promise.all(players.map((player) => play(player, load)));
  try {
    return await Promise.race([measure(server, load, { seconds, warmUp, until }), playing]);
  } finally {
    load.goes = false;
    await playing.catch(() => undefined);
    for (const { connection } of players) connection.close();
  }
}

/** Until V8 has compiled what is hot: that takes requests, however long they last. */
export async function warmUp(server, client, { sessions = 16, requests = 4000, seconds = 20, slice = 0.5 } = {}) {
  const end = performance.now() + seconds * 1000;
  let answered = 0;
  while (answered < requests && performance.now() < end) {
    const load = await closedLoop(server, client, { sessions, seconds: slice, warmUp: 0 });
    answered += load.perSecond * slice;
  }
}

/** Logs in, which is not measured. */
async function join(port, session) {
  const connection = new Connection(port);
  return { connection, session, request: session.next(await connection.send(session.first)) };
}

async function play(player, load) {
  while (load.goes) {
    const start = performance.now();
    const answer = await player.connection.send(player.request);
    if (load.measures) load.times.push(performance.now() - start);
    player.request = player.session.next(answer);
  }
}

async function measure(server, load, { seconds, warmUp, until }) {
  await wait(warmUp * 1000);
  const cpuBefore = await server.ask('cpu');
  const start = performance.now();
  load.measures = true;
  // The connections keep the process; a pause that is not waited for to its end does not.
  await Promise.race([wait(seconds * 1000, undefined, { ref: false }), until].filter(Boolean));
  load.measures = false;
  const elapsed = performance.now() - start;
  const cpu = (await server.ask('cpu')) - cpuBefore;
  const { times } = load;
  return { perSecond: Math.round((times.length / elapsed) * 1000), ...percentiles(times), cpuMicros: Math.round(cpu / times.length) };
}
