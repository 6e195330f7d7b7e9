import { Agent, request, type IncomingMessage } from 'node:http';
import { REQUEST_TIMEOUT_MS } from '../settings';

/** A little less than the app keeps an idle connection, so that no request meets one that is being closed. */
const IDLE_MS = 4000;
const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly accessToken?: string;
}

/** `status` is null when no answer arrived. */
export interface Reply {
  readonly status: number | null;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- what a server answers has no type
}

export const NO_REPLY: Reply = { status: null, body: null };

/** Sends one request and waits for its answer; with `lose`, breaks the connection when the answer begins to arrive. */
export function exchange(port: number, { method, path, body, accessToken }: HttpRequest, lose = false): Promise<Reply> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(payload !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
    ...(accessToken !== undefined && { Authorization: `Bearer ${accessToken}` }),
  };
  return new Promise((resolve) => {
    const message = request({ host: '127.0.0.1', port, method, path, headers, agent });
    const patience = setTimeout(() => message.destroy(), REQUEST_TIMEOUT_MS);
    const finish = (reply: Reply) => {
      clearTimeout(patience);
      resolve(reply);
    };
    message.on('error', () => finish(NO_REPLY));
    message.on('close', () => finish(NO_REPLY));
    message.on('response', (response) => (lose ? message.destroy() : read(response, finish)));
    message.end(payload);
  });
}

export function closeConnections(): void {
  agent.destroy();
}

function read(response: IncomingMessage, finish: (reply: Reply) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => (text += chunk));
  response.on('end', () => finish({ status: response.statusCode!, body: parse(text) }));
  response.on('error', () => finish(NO_REPLY));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
