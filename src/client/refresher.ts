import type { AuthClientError } from './auth-client-error';
import type { AuthServer } from './auth-server';
import { backOff, tell } from './back-off';
import { later, locked, sleep } from './browser';
import type { Session } from './session';
import type { Settings } from './settings';
import { marginOf, remaining, type Tokens } from './tokens';

/** So many tries, and so long a wait between them, are hidden from who asks for a token. */
const QUIET_TRIES = 3;
const QUIET_WAIT_MS = 3000;

/** Exchanges the refresh token: one request at a time, ahead of time, and again until there is a verdict. */
export class Refresher {
  readonly #settings: Settings;
  readonly #server: AuthServer;
  readonly #session: Session;
  /** Why there is no use in trying now; null while there is. */
  paused: AuthClientError | null = null;
  #flight: { turn: number; done: Promise<void> } | null = null;
  #failures = 0;
  #abort = new AbortController();
  #cancelPause = (): void => undefined;
  #cancelPlan = (): void => undefined;
  #disposed = false;

  constructor(settings: Settings, server: AuthServer, session: Session) {
    this.#settings = settings;
    this.#server = server;
    this.#session = session;
  }

  /** Simultaneous callers share one refresh. @throws AuthClientError when there is no verdict */
  run(): Promise<void> {
    const { turn } = this.#session;
    if (this.#flight?.turn === turn) return this.#flight.done;
    const flight = { turn, done: this.#tryQuietly(turn).finally(() => this.#flight === flight && (this.#flight = null)) };
    this.#flight = flight;
    return flight.done;
  }

  /** Plans the next refresh: before the access token's end, by chance a little earlier. */
  plan(): void {
    this.#cancelPlan();
    const tokens = this.#session.current();
    if (this.#disposed || !tokens || tokens.life === null) return;
    const early = marginOf(tokens, this.#settings) * (1 + Math.random());
    this.#cancelPlan = later(Math.max(1000, remaining(tokens, this.#settings.now()) - early), () => this.wake());
  }

  /** Refreshes if it is time: timers are late after a sleep, and a tab in the background may have been told nothing. */
  wake(online = false): void {
    if (online && this.paused?.status === 0) this.#resume();
    if (this.paused || this.#disposed) return;
    if (this.#isDue())
      this.run().then(
        () => this.plan(),
        () => undefined,
      );
    else this.plan();
  }

  /** One tab at a time, where tabs act together. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#settings.crossTab ? locked(this.#settings.storageKey, work) : work();
  }

  /** Another session has begun: an answer for the one before must not reach its cookie. */
  drop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#failures = 0;
    this.#resume();
  }

  dispose(): void {
    this.#disposed = true;
    this.drop();
    this.#cancelPlan();
  }

  #isDue(): boolean {
    const tokens = this.#session.current();
    if (!tokens) return this.#session.state.status === 'unknown';
    return remaining(tokens, this.#settings.now()) <= 2 * marginOf(tokens, this.#settings);
  }

  async #tryQuietly(turn: number): Promise<void> {
    while (turn === this.#session.turn) {
      try {
        await this.#exchange(turn);
        this.#failures = 0;
        return this.#resume();
      } catch (error) {
        if (turn === this.#session.turn) await this.#waitAfter(error as AuthClientError);
      }
    }
  }

  /** @throws what it is given, when the wait is too long for anybody to sit through */
  async #waitAfter(error: AuthClientError): Promise<void> {
    const retryIn = backOff(++this.#failures, error);
    this.#settings.onEvent({ type: 'refresh-failed', error, retryIn });
    if (this.#failures < QUIET_TRIES && retryIn <= QUIET_WAIT_MS) return sleep(retryIn);
    this.#resume();
    this.paused = error;
    this.#cancelPause = later(retryIn, () => {
      this.paused = null;
      this.wake();
    });
    throw error;
  }

  #resume(): void {
    this.#cancelPause();
    this.paused = null;
  }

  #exchange(turn: number): Promise<void> {
    const session = this.#session;
    const seen = session.current();
    return this.exclusively(async () => {
      const presented = session.current();
      // Signed out while waiting, or another tab was quicker.
      if (turn !== session.turn || presented?.access !== seen?.access) return;
      if (!presented && !this.#settings.cookie) return;
      try {
        this.#take(await this.#server.refresh(presented, this.#abort.signal), presented, turn);
      } catch (error) {
        this.#judge(error as AuthClientError, presented, turn);
      }
    });
  }

  #take(tokens: Tokens, presented: Tokens | null, turn: number): void {
    if (this.#isUnchanged(presented, turn)) return this.#session.renew(tokens);
    // Another tab may hold newer tokens of the same session. Otherwise nobody wants these, so they must not live.
    if (this.#session.current()?.id !== tokens.id) void tell(() => this.#server.logOut(tokens, false));
  }

  /** @throws what it is given, unless it is the last word on the session */
  #judge(error: AuthClientError, presented: Tokens | null, turn: number): void {
    if (!this.#server.isFinal(error)) throw error;
    if (this.#isUnchanged(presented, turn)) this.#session.end('server', error.code);
  }

  #isUnchanged(presented: Tokens | null, turn: number): boolean {
    return this.#session.current()?.access === presented?.access && turn === this.#session.turn;
  }
}
