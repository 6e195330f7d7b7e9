import { parseSetCookie } from 'cookie';
import { type Answer, HttpClient } from './http';

type Headers = Record<string, string>;

const OWN_PAGE: Headers = { 'X-Requested-With': 'fetch', 'Sec-Fetch-Site': 'same-origin' };

/** A page of the app in a browser: keeps cookies, and says that it is the app's own page unless told otherwise. */
export class BrowserClient {
  readonly cookies = new Map<string, string>();

  constructor(private readonly http: HttpClient) {}

  async post(path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const json: Headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const init = {
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { ...json, ...this.cookieHeader(), ...OWN_PAGE, ...headers },
    };
    return this.keep(await this.http.send('POST', path, init));
  }

  refresh(headers: Headers = {}): Promise<Answer> {
    return this.post('/auth/jwt-refresh', undefined, headers);
  }

  logout(body?: unknown, headers: Headers = {}): Promise<Answer> {
    return this.post('/auth/logout', body, headers);
  }

  /** As another site's form makes the browser do it: with the cookies, without a header of choice. */
  async submitForm(path: string, form: string, type = 'application/x-www-form-urlencoded'): Promise<Answer> {
    const headers = { 'Content-Type': type, Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site', ...this.cookieHeader() };
    return this.keep(await this.http.send('POST', path, { body: form, headers }));
  }

  private cookieHeader(): Headers {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? { Cookie: pairs.join('; ') } : {};
  }

  private keep(answer: Answer): Answer {
    for (const line of answer.headers.getSetCookie()) {
      const { name, value, maxAge } = parseSetCookie(line);
      if (maxAge === 0) this.cookies.delete(name);
      else this.cookies.set(name, value ?? '');
    }
    return answer;
  }
}
