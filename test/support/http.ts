/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- what a server answers has no type
}

export interface TokenResponse {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  refresh_expires_in: number;
}

type HeaderMap = Record<string, string>;

/** Speaks HTTP with an app as a browser or curl would. */
export class HttpClient {
  constructor(readonly url: string) {}

  get(path: string, headers: HeaderMap = {}): Promise<Answer> {
    return this.send('GET', path, { headers });
  }

  delete(path: string, headers: HeaderMap = {}): Promise<Answer> {
    return this.send('DELETE', path, { headers });
  }

  post(path: string, body?: unknown, headers: HeaderMap = {}): Promise<Answer> {
    const json: HeaderMap = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return this.send('POST', path, { body: body === undefined ? undefined : JSON.stringify(body), headers: { ...json, ...headers } });
  }

  postForm(path: string, form: string, headers: HeaderMap = {}): Promise<Answer> {
    return this.send('POST', path, { body: form, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
  }

  refresh(refreshToken: unknown, headers: HeaderMap = {}): Promise<Answer> {
    return this.post('/auth/jwt-refresh', { refresh_token: refreshToken }, headers);
  }

  logout(refreshToken: unknown, headers: HeaderMap = {}): Promise<Answer> {
    return this.post('/auth/logout', { refresh_token: refreshToken }, headers);
  }

  async send(method: string, path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.url + path, { method, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) };
  }
}

export const bearer = (accessToken: string): HeaderMap => ({ Authorization: `Bearer ${accessToken}` });

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What would tell a stranger how the server is built. */
export const INSIDES =
  /\\n *at |node_modules|\.[jt]s:\d|refresh_tokens|refresh_token_events|tokenHash|rotationNonce|select |insert |update |sqlite|typeorm|queryfailed/i;
