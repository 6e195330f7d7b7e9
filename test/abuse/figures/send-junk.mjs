// A process of its own that sends junk tokens at a rate, on a few connections and many requests at a time on each.
//   node send-junk.mjs <requests a second> <seconds> <url>...
// The rate may be Infinity: then a new one is sent for each that was answered, which tells what the server can carry. Says when it has
// begun, and at the end how many were sent and answered, and with which statuses, as JSON; one line each.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

const CONNECTIONS = 20;
const TICK_MS = 1;
/** A sender that the machine kept waiting makes up for it at this multiple of its rate: strangers don't all wait for each other. */
const HASTE = 2;
/** What the server has not answered yet is not piled up further. */
const MAX_UNDER_WAY = 200;

// A stranger's machine is not this one: the server and its users come first.
setPriority(10);
const [rate, seconds, ...urls] = process.argv.slice(2);
const statuses = {};
let sent = 0;
let answered = 0;

const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => open(new URL(urls[index % urls.length]))));
const perMs = Number(rate) / 1000;
console.log('begun');
const start = performance.now();
const end = start + Number(seconds) * 1000;
for (let due = 0; performance.now() < end; await wait(TICK_MS)) {
  due = Math.min(perMs * (performance.now() - start), due + perMs * TICK_MS * HASTE);
  while (sent < due && sent - answered < MAX_UNDER_WAY) sockets[sent++ % CONNECTIONS].write(junkRequest());
}
for (const socket of sockets) socket.destroy();
console.log(JSON.stringify({ sent, answered, perSecond: Math.round(answered / Number(seconds)), statuses }));

function open({ hostname, port }) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.setEncoding('latin1').on('data', (text) => {
      for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) count(status);
    });
    socket.on('error', reject);
  });
}

function count(status) {
  answered++;
  statuses[status] = (statuses[status] ?? 0) + 1;
}

function junkRequest() {
  const body = `{"refresh_token":"jrt_${randomBytes(90).toString('base64url')}"}`;
  return `POST /auth/jwt-refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
