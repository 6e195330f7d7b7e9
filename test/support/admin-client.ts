import type { JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { type Answer, bearer } from './http';
import type { RunningApp } from './stack';

export const ADMIN_ROOT = '/admin/refresh-tokens';

/** Whoever has the role is an administrator. */
export const ADMINISTRATORS: NonNullable<JwtRefreshModuleOptions['admin']> = { authorize: ({ role }) => role === 'admin' };

type Headers = Record<string, string>;
type AdministeredApp = Pick<RunningApp, 'http' | 'login'>;

/** Speaks with the admin API as one administrator. */
export class AdminClient {
  private constructor(
    private readonly app: AdministeredApp,
    readonly headers: Headers,
    readonly subject: string,
    readonly sessionId: string,
    private readonly root: string,
  ) {}

  static async signIn(app: AdministeredApp, subject = 'admin', root = ADMIN_ROOT): Promise<AdminClient> {
    const { accessToken, sessionId } = await app.login(subject, { content: { role: 'admin' } });
    return new AdminClient(app, bearer(accessToken), subject, sessionId, root);
  }

  get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.app.http.get(this.root + path, { ...this.headers, ...headers });
  }

  /** `query` as it is: `undefined` members are left out. */
  find(path: string, query: Record<string, string | number | undefined>): Promise<Answer> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
    return this.get(`${path}?${parameters.toString()}`);
  }

  post(path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    return this.app.http.post(this.root + path, body, { ...this.headers, ...headers });
  }

  delete(path: string): Promise<Answer> {
    return this.app.http.delete(this.root + path, this.headers);
  }

  send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    return this.app.http.send(method, this.root + path, { ...init, headers: { ...this.headers, ...(init.headers as Headers) } });
  }
}
