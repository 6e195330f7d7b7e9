import type { AuthClientError } from './auth-client-error';
import { later } from './browser';
import type { Session } from './session';
import type { Settings } from './settings';
import { remaining, type Tokens } from './tokens';

/** When to refresh without being asked: ahead of time, and again after a failure. */
export function createSchedule({ refreshMargin, now }: Settings, { current, state }: Session, refresh: () => Promise<void>, disposal: AbortSignal) {
  let cancel: (() => void) | undefined;
  let failure: AuthClientError | null = null;
  const marginOf = ({ life }: Tokens): number => Math.min(refreshMargin * 1000, life / 10);

  const after = (ms: number): void => {
    cancel?.();
    if (!disposal.aborted) cancel = later(ms, () => wake(true));
  };

  /** Plans the next refresh: before the access token's end, by chance a little earlier. */
  const plan = (): void => {
    const tokens = current();
    failure = null;
    after(tokens ? Math.max(1000, remaining(tokens, now()) - marginOf(tokens) * (1 + Math.random())) : Infinity);
  };

  /** Refreshes if it is time: timers are late after a sleep, and a tab in the background may have been told nothing. */
  const wake = (again?: boolean): void => {
    if (failure && !again) return;
    const tokens = current();
    const isDue = tokens ? remaining(tokens, now()) <= 2 * marginOf(tokens) : state().status === 'unknown';
    if (isDue) refresh().then(plan, () => undefined);
    else plan();
  };

  /** Tries again then, and not before unless the network comes back. */
  const pause = (error: AuthClientError, retryIn: number): void => {
    failure = error;
    after(retryIn);
  };

  return { plan, wake, pause, failure: () => failure };
}
