// An HTTP client of one keep-alive connection and one request at a time, so cheap that it may share the cores with what it measures.
import { connect } from 'node:net';

export class Connection {
  #socket;
  #heard = '';
  #waiting = null;

  constructor(port) {
    // One buffer for all that is read: half the cost of a stream of chunks.
    const onread = { buffer: Buffer.alloc(65_536), callback: (length, buffer) => this.#hear(buffer.latin1Slice(0, length)) };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The server closed the connection')));
  }

  /** @param request as `get()` and `post()` write it @returns `{ status, head, body }` */
  send(request) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close() {
    this.#waiting = null;
    this.#socket.destroy();
  }

  /** @returns true: go on reading */
  #hear(text) {
    this.#heard += text;
    const answer = readAnswer(this.#heard);
    if (answer) {
      this.#heard = '';
      this.#waiting?.resolve(answer);
    }
    return true;
  }

  #fail(error) {
    this.#waiting?.reject(error);
  }
}

export function get(path, headers = {}) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines(headers)}\r\n`;
}

export function post(path, body, headers = {}) {
  const length = Buffer.byteLength(body);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines(headers)}Content-Length: ${length}\r\n\r\n${body}`;
}

function lines(headers) {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join(''); // prettier-ignore
}

/** Null until the answer is complete. */
function readAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const rest = text.slice(end + 4);
  const body = /^transfer-encoding: *chunked/im.test(head) ? unchunked(rest) : counted(rest, head);
  return body === null ? null : { status: Number(head.slice(9, 12)), head, body };
}

function counted(rest, head) {
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return rest.length < length ? null : rest;
}

function unchunked(rest) {
  if (!rest.endsWith('0\r\n\r\n')) return null;
  return rest.replace(/([0-9a-f]+)\r\n/gi, '').replaceAll('\r\n', '');
}
