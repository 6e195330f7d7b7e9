import type { AuthClientError } from './auth-client-error';
import type { AuthServer } from './auth-server';
import { locked, sleep } from './browser';
import type { Turn } from './own-session';
import type { Session } from './session';
import type { Settings } from './settings';
import { backOff, tell } from './tell';

/** So many tries, and so long a wait between them, are hidden from who asks for a token. */
const QUIET_TRIES = 3;
const QUIET_WAIT_MS = 3000;

/**
 * What exchanges the refresh token: one request at a time, quickly repeated when there is no verdict. `gaveUp` hears when to
 * try again. It throws AuthClientError when there is no verdict.
 */
export function createRefresher(settings: Settings, server: AuthServer, session: Session, gaveUp: (error: AuthClientError, retryIn: number) => void) {
  const exchange = createExchange(settings, server, session);
  let failures = 0;

  const attempt = async (turn: Turn): Promise<void> => {
    try {
      await exchange(turn);
      failures = 0;
    } catch (reason) {
      if (turn !== session.turn()) return;
      const error = reason as AuthClientError;
      const retryIn = backOff(++failures, error);
      settings.onEvent({ type: 'refresh-failed', error, retryIn });
      if (failures < QUIET_TRIES && retryIn <= QUIET_WAIT_MS) {
        await sleep(retryIn);
        return attempt(turn);
      }
      gaveUp(error, retryIn);
      throw error;
    }
  };

  return (): Promise<void> => {
    const turn = session.turn();
    return (turn.refreshing ??= attempt(turn).finally(() => delete turn.refreshing));
  };
}

/** One exchange, from reading the tokens to storing their successors. */
function createExchange(
  { cookie, shared }: Settings,
  { refresh, logOut, isFinal }: AuthServer,
  { begin, current, replace, turn: now, yieldToRival }: Session,
) {
  return (turn: Turn): Promise<void> => {
    const presented = current();
    const isUnchanged = () => turn === now() && current()?.access === presented?.access;
    return locked(shared, async () => {
      await yieldToRival();
      // Signed out while waiting, or another tab was quicker.
      if (!isUnchanged() || !(presented || cookie)) return;
      begin();
      try {
        const tokens = await refresh(presented);
        if (isUnchanged()) replace(tokens, { type: 'refreshed' });
        // Another tab may hold newer tokens of the same session. Otherwise nobody wants these, so they must not live.
        else if (current()?.id !== tokens.id) void tell(() => logOut(tokens));
      } catch (reason) {
        const error = reason as AuthClientError;
        if (!isFinal(error)) throw error;
        if (isUnchanged()) replace(null, { type: 'signed-out', endedBy: presented && 'server', code: error.code });
      }
    });
  };
}
