// A process of its own that sends junk tokens at a rate, on a few connections and many requests at a time on each.
//   node flood.mjs <url> <requests a second> <seconds>
// The rate may be Infinity: then a new one is sent for each that was answered, which tells what the server can carry. Prints how many were sent and answered, and with which statuses, as JSON.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const CONNECTIONS = 20;
const TICK_MS = 5;
/** What the server has not answered yet is not piled up further. */
const MAX_UNDER_WAY = 200;

const [url, rate, seconds] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const statuses = {};
let sent = 0;
let answered = 0;

const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, open));
const start = performance.now();
const end = start + Number(seconds) * 1000;
while (performance.now() < end) {
  const due = rate === 'Infinity' ? Infinity : ((performance.now() - start) / 1000) * Number(rate);
  while (sent < due && sent - answered < MAX_UNDER_WAY) sockets[sent++ % CONNECTIONS].write(junkRequest());
  await wait(TICK_MS);
}
for (const socket of sockets) socket.destroy();
console.log(JSON.stringify({ sent, answered, perSecond: Math.round(answered / Number(seconds)), statuses }));

function open() {
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
  return `POST /auth/jwt-refresh HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
