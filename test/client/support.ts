import { type AuthClient, type AuthClientOptions, type AuthEvent, createAuthClient } from 'nestjs-jwt-refresh/client';
import type { RunningApp } from '../support/stack';

/** One request that a client made, with the answer's status once there is one; 0 for none. */
export interface Sent {
  url: string;
  path: string;
  headers: Headers;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever was sent
  status: number | null;
}

type Answer = () => Response | Promise<Response>;

/** A network between clients and a real app: it keeps cookies as a browser does, and misbehaves when told. */
export class Network {
  readonly sent: Sent[] = [];
  /** Asked before each request; what it returns, or throws, is the answer. `pass` lets the request reach the app. */
  interfere: (sent: Sent, pass: Answer) => Response | Promise<Response> = (_, pass) => pass();
  private readonly cookies = new Map<string, string>();

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const request = new Request(input as Request, init);
    const { url, headers } = request;
    const sent: Sent = { url, path: new URL(url).pathname, headers, body: parse(await request.clone().text()), status: null };
    this.sent.push(sent);
    try {
      const response = await this.interfere(sent, () => this.pass(request, init.credentials));
      sent.status = response.status;
      return response;
    } catch (error) {
      sent.status = 0;
      throw error;
    }
  };

  /** The requests to one path. */
  to(path: string): Sent[] {
    return this.sent.filter((sent) => sent.path === path);
  }

  get refreshes(): Sent[] {
    return this.to('/auth/jwt-refresh');
  }

  get logouts(): Sent[] {
    return this.to('/auth/logout');
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The next request to the path gets this answer. */
  once(path: string, answer: (pass: Answer) => Response | Promise<Response>): void {
    const { interfere } = this;
    this.interfere = (sent, pass) => {
      if (sent.path !== path) return interfere(sent, pass);
      this.interfere = interfere;
      return answer(pass);
    };
  }

  /** The app, after this network's cookies were added and before its own are kept. */
  private async pass(request: Request, credentials?: RequestCredentials): Promise<Response> {
    const withCookies = credentials === 'include' && this.cookies.size > 0;
    const headers = new Headers(request.headers);
    if (withCookies) headers.set('cookie', this.cookie);
    const body = request.body ? await request.arrayBuffer() : undefined;
    const response = await fetch(request.url, { method: request.method, headers, body, signal: request.signal });
    if (credentials === 'include') for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  private keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split(/=(.*)/);
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export interface TestClient extends AuthClient {
  readonly events: AuthEvent[];
}

const clients: AuthClient[] = [];

/** A client of an app by way of a network; its time is the app's. */
export function clientOf(app: RunningApp, network: Network, options: Partial<AuthClientOptions> = {}): TestClient {
  const events: AuthEvent[] = [];
  const client = createAuthClient({
    baseUrl: app.http.url,
    mode: 'body',
    fetch: network.fetch,
    now: () => app.clock.now(),
    onEvent: (event) => events.push(event),
    ...options,
  });
  clients.push(client);
  // Not spread: `state` must stay a getter.
  return Object.defineProperty(client, 'events', { value: events }) as TestClient;
}

/** Call after each test. */
export function disposeClients(): void {
  for (const client of clients.splice(0)) client.dispose();
}

/** As `localStorage` does. */
export function createStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
    clear: () => items.clear(),
    key: (index: number) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

/** A promise and what settles it. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

export const offline = (): never => {
  throw new TypeError('Failed to fetch');
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
