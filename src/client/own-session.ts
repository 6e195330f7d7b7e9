import type { AuthEvent, AuthState } from './auth-client';
import type { Settings } from './settings';
import type { Message } from './tabs';
import { createTokenStore } from './token-store';
import type { Tokens } from './tokens';

/** From one sign-in or sign-out to the next. An answer to what was asked in an earlier turn is nobody's. */
export interface Turn {
  refreshing?: Promise<void>;
}

/** What this tab knows of the session, and what the app sees of it. */
export function createOwnSession({ cookie, onEvent, storageKey, storage }: Settings) {
  const { read, write } = createTokenStore(storageKey, storage);
  const listeners = new Set<() => void>();
  let state: AuthState = { status: cookie ? 'unknown' : 'signed-out', sessionId: null, endedBy: null };
  let turn: Turn = {};

  const settle = (tokens: Tokens | null, { endedBy = null, code }: Partial<Message> = {}): void => {
    const sessionId = tokens && tokens.id;
    const event: AuthEvent = tokens ? { type: 'signed-in', sessionId: tokens.id } : { type: 'signed-out', endedBy, code };
    const status = event.type as AuthState['status'];
    // Who ended a session may be heard after its tokens are gone, but not twice.
    if (state.status === status && state.sessionId === sessionId && (state.endedBy || !endedBy)) return;
    state = { status, sessionId, endedBy };
    onEvent(event);
    listeners.forEach((listener) => listener());
  };

  /** The tokens, also those that another tab has stored meanwhile. */
  const current = (): Tokens | null => {
    const tokens = read();
    if (tokens || state.sessionId) settle(tokens);
    return tokens;
  };

  const reset = (tokens: Tokens | null, message: Message): void => {
    write(tokens);
    if (message.type === 'refreshed') onEvent(message as AuthEvent);
    else turn = {};
    settle(tokens, message);
  };

  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  current();
  return { read, current, reset, subscribe, state: () => state, turn: () => turn };
}
