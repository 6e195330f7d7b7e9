import type { AuthState } from './auth-client';
import type { Settings } from './settings';
import { createTokenStore, type TokenStore } from './token-store';
import type { Tokens } from './tokens';

/** What tabs tell each other: that something happened, never a token. */
interface Message {
  type: 'signed-in' | 'changed' | 'signed-out';
  /** Of `signed-out`. */
  endedBy?: AuthState['endedBy'];
  code?: string;
}

/** What is used of a BroadcastChannel; in Node it keeps the process alive unless it is told not to. */
interface Channel {
  onmessage: ((event: { data: Message }) => void) | null;
  postMessage(message: Message): void;
  close(): void;
  unref?(): void;
}

/** What the rest of the client does about changes. */
interface Reactions {
  /** There are other tokens, or none. */
  changed(): void;
  /** Another tab signed in, and only the cookie knows. */
  follow(): void;
  /** Another tab signed out, and these tokens are a session of this tab alone. */
  leave(tokens: Tokens): void;
}

/** What this tab knows of the session, and how the app and the other tabs hear of it. */
export class Session {
  readonly #settings: Settings;
  readonly #reactions: Reactions;
  state: AuthState;
  /** Counts beginnings and ends. An answer to what was asked before the last of them is nobody's. */
  turn = 0;
  readonly #store: TokenStore;
  readonly #listeners = new Set<() => void>();
  readonly #channel?: Channel;

  constructor(settings: Settings, reactions: Reactions) {
    this.#settings = settings;
    this.#reactions = reactions;

    this.#store = createTokenStore(settings.storageKey, settings.storage);
    this.state = Object.freeze({ status: settings.cookie ? 'unknown' : 'signed-out', sessionId: null, endedBy: null });
    this.current();
    if (!settings.crossTab || typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(settings.storageKey) as unknown as Channel;
    this.#channel.unref?.();
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  /** The tokens, also those that another tab has stored meanwhile. */
  current(): Tokens | null {
    const tokens = this.#store.read();
    if (tokens || this.state.sessionId) this.#settle(tokens);
    return tokens;
  }

  /** @returns the tokens of the session before */
  begin(tokens: Tokens): Tokens | null {
    this.turn++;
    return this.#replace(tokens, { type: 'signed-in' });
  }

  renew(tokens: Tokens): void {
    const known = this.state.sessionId === tokens.id;
    this.#replace(tokens, { type: 'changed' });
    if (known) this.#settings.onEvent({ type: 'refreshed', sessionId: tokens.id });
  }

  /** @returns the tokens of the session that ended */
  end(endedBy: AuthState['endedBy'], code?: string): Tokens | null {
    this.turn++;
    return this.#replace(null, { type: 'signed-out', endedBy, code });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.turn++;
    this.#channel?.close();
  }

  #replace(tokens: Tokens | null, message: Message): Tokens | null {
    const previous = this.#store.read();
    this.#store.write(tokens);
    this.#channel?.postMessage(message);
    this.#settle(tokens, message);
    this.#reactions.changed();
    return previous;
  }

  #hear(message: Message): void {
    const stored = this.#store.read();
    const own = (stored?.id ?? null) === this.state.sessionId;
    if (message.type === 'signed-out') this.#hearSignedOut(message, own ? stored : null);
    else if (message.type === 'signed-in' && own && this.#settings.cookie) this.#reactions.follow();
    this.current();
    this.#reactions.changed();
  }

  /** `own` are tokens that the other tab has not cleared, so they are not shared: that session ends if a user has left. */
  #hearSignedOut(message: Message, own: Tokens | null): void {
    if (message.endedBy === 'user' && own) {
      this.#store.write(null);
      this.#reactions.leave(own);
    }
    if (this.#store.read()) return;
    this.turn++;
    this.#settle(null, message);
  }

  #settle(tokens: Tokens | null, ended?: Message): void {
    const sessionId = tokens?.id ?? null;
    const endedBy = (!tokens && ended?.endedBy) || null;
    const status = tokens ? 'signed-in' : 'signed-out';
    const { state } = this;
    // Who ended a session that is over already is heard later, or not at all; it is not heard twice.
    if (state.status === status && state.sessionId === sessionId && (state.endedBy || !endedBy)) return;
    this.state = Object.freeze({ status, sessionId, endedBy });
    this.#settings.onEvent(sessionId === null ? { type: 'signed-out', endedBy, code: ended?.code } : { type: 'signed-in', sessionId });
    for (const listener of [...this.#listeners]) listener();
  }
}
