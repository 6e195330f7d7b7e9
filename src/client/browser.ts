/** What a page has and Node may not. */
interface Page {
  document?: EventTarget & { visibilityState: string };
  addEventListener?: EventTarget['addEventListener'];
  removeEventListener?: EventTarget['removeEventListener'];
  location?: { href: string };
  navigator?: { locks?: Locks };
}

interface Locks {
  request(name: string, options: { signal: AbortSignal }, work: () => unknown): Promise<unknown>;
}

const LOCK_LIMIT_MS = 5000;
const LONGEST_TIMER_MS = 1e9;

export const page = globalThis as unknown as Page;

/** Does it later; no Node process stays alive for it. @returns what cancels it */
export function later(ms: number, work: () => void): () => void {
  const timer: unknown = setTimeout(work, Math.min(ms, LONGEST_TIMER_MS));
  (timer as { unref?: () => void }).unref?.();
  return () => clearTimeout(timer as number);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits no longer than until the signal; the work itself goes on. */
export function abortable<T>(work: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * One tab of the origin at a time. Neither waiting for the lock nor holding it takes more than five seconds: a tab that
 * hangs must not stop the others, and the server gives two tabs with one token the same successor.
 */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = page.navigator?.locks;
  if (!locks) return work();
  const waiting = new AbortController();
  const stopWaiting = later(LOCK_LIMIT_MS, () => waiting.abort());
  let result: Promise<T> | undefined;
  const hold = () => {
    stopWaiting();
    result = work();
    return Promise.race([result, sleep(LOCK_LIMIT_MS)]);
  };
  await locks.request(name, { signal: waiting.signal }, hold).catch(() => undefined);
  return result ?? work();
}

/** Calls back when a page is looked at again or the network is. @returns what stops it */
export function onWake(wake: (online: boolean) => void): () => void {
  const online = () => wake(true);
  const visible = () => page.document?.visibilityState === 'visible' && wake(false);
  page.addEventListener?.('online', online);
  page.document?.addEventListener('visibilitychange', visible);
  return () => {
    page.removeEventListener?.('online', online);
    page.document?.removeEventListener('visibilitychange', visible);
  };
}
