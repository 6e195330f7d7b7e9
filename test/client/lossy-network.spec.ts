import fc from 'fast-check';
import { createAuthClient } from 'nestjs-jwt-refresh/client';
import { json } from './support';

const FAULTS = ['ok', 'lost before', 'lost after', 'no answer', '503', '429', 'html', 'captive portal'] as const;
type Fault = (typeof FAULTS)[number];

const LIFETIME = 60;

/** The server's promise in a few lines: a token or its predecessor brings the same successor; anything older is a reuse. */
class Server {
  generation = 0;
  readonly presented: number[] = [];

  constructor(private readonly faults: Fault[]) {}

  tokens() {
    return { access_token: `a${this.generation}.${Date.now()}`, refresh_token: `r${this.generation}`, expires_in: LIFETIME };
  }

  readonly fetch = async (_: unknown, { body, signal }: RequestInit = {}): Promise<Response> => {
    const fault = this.faults.shift() ?? 'ok';
    if (fault === 'lost before') throw new TypeError('Failed to fetch');
    if (fault === 'no answer') return new Promise((__, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
    if (fault === '503') return json(503, { code: 'temporarily_unavailable' }, { 'retry-after': '1' });
    if (fault === '429') return json(429, {}, { 'retry-after': '5' });
    if (fault === 'html') return new Response('<h1>Bad gateway</h1>', { status: 502 });
    if (fault === 'captive portal') return new Response('<h1>Welcome</h1>');
    const answer = this.refresh((JSON.parse(body as string) as { refresh_token: string }).refresh_token);
    if (fault === 'lost after') throw new TypeError('Failed to fetch');
    return answer;
  };

  private refresh(token: string): Response {
    const generation = Number(token.slice(1));
    this.presented.push(generation);
    if (generation < this.generation - 1) return json(401, { code: 'refresh_token_reused' });
    if (generation === this.generation) this.generation++;
    return json(200, this.tokens());
  }
}

describe('the client over a network that loses things', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), ms);
      return controller.signal;
    });
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('is never signed out while the session lives, and never presents a token older than the predecessor', async () => {
    const faults = fc.array(fc.constantFrom(...FAULTS), { maxLength: 20 });
    const calls = fc.array(fc.nat({ max: 40 }), { minLength: 5, maxLength: 20 });
    await fc.assert(fc.asyncProperty(faults, calls, survives), { numRuns: 150 });
  });

  async function survives(faults: Fault[], calls: number[]): Promise<void> {
    const server = new Server([...faults]);
    const client = createAuthClient({ baseUrl: 'https://api.example', mode: 'body', fetch: server.fetch as typeof fetch });
    client.setSession(server.tokens());
    for (const seconds of calls) {
      void client.getAccessToken().catch(() => undefined);
      await jest.advanceTimersByTimeAsync(seconds * 1000);
    }
    await jest.advanceTimersByTimeAsync(20 * 60_000);
    expect(client.state.status).toBe('signed-in');
    expect(await client.getAccessToken()).toMatch(/^a\d/);
    expect(server.presented).toEqual([...server.presented].sort((a, b) => a - b));
    client.dispose();
  }

  it('refreshes ahead of time, and not all clients in the same moment', async () => {
    const moments: number[] = [];
    const start = Date.now();
    for (let client = 0; client < 1000; client++) {
      const server = new Server([]);
      const auth = createAuthClient({
        baseUrl: 'https://api.example',
        mode: 'body',
        fetch: server.fetch as typeof fetch,
        onEvent: ({ type }) => type === 'refreshed' && server.generation === 1 && moments.push(Date.now() - start),
      });
      auth.setSession({ ...server.tokens(), expires_in: 1800 });
      setTimeout(() => auth.dispose(), 1_799_000);
    }
    await jest.advanceTimersByTimeAsync(1_799_000);
    expect(moments).toHaveLength(1000);
    const perSecond = Array<number>(1800).fill(0);
    for (const moment of moments) perSecond[Math.floor(moment / 1000)]! += 1;
    expect(Math.max(...perSecond)).toBeLessThan(80);
    for (const moment of moments) expect(moment).toBeGreaterThanOrEqual(1_740_000);
    for (const moment of moments) expect(moment).toBeLessThanOrEqual(1_770_001);
  });

  it('refreshes at once after a long sleep, when the page is looked at', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    Object.assign(globalThis, { document: page });
    const server = new Server([]);
    const client = createAuthClient({ baseUrl: 'https://api.example', mode: 'body', fetch: server.fetch as typeof fetch, crossTab: false });
    client.setSession(server.tokens());
    jest.setSystemTime(Date.now() + 8 * 3_600_000);
    page.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(0);
    expect(server.generation).toBe(1);
    client.dispose();
    page.dispatchEvent(new Event('visibilitychange'));
    Reflect.deleteProperty(globalThis, 'document');
    expect(server.presented).toHaveLength(1);
  });
});
