/** What a page has and Node may not. */
interface Page {
  document?: EventTarget;
  addEventListener?: EventTarget['addEventListener'];
  location?: { href: string };
  navigator?: { locks?: Locks };
  BroadcastChannel?: new (name: string) => Channel;
}

interface Locks {
  request(name: string, options: { signal: AbortSignal }, work: () => unknown): Promise<unknown>;
}

/** What is used of a BroadcastChannel. */
export interface Channel {
  onmessage: (event: { data: unknown }) => void;
  postMessage(message: unknown): void;
  close(): void;
}

const LOCK_LIMIT_MS = 5000;
const SETTLE_MS = 50;
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
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
  });
  return Promise.race([work, aborted]);
}

/**
 * One tab of the origin at a time, if there is a name for what they share. Neither waiting for the lock nor holding it takes more than five seconds: a tab that
 * hangs must not stop the others, and the server gives two tabs with one token the same successor.
 */
export async function locked<T>(name: string | false | undefined, work: () => Promise<T>): Promise<T> {
  const locks = page.navigator?.locks;
  if (!locks || !name) return work();
  let result: Promise<T> | undefined;
  const hold = () => {
    result = work();
    // What one tab stores, another process sees a little later (Chromium): the next tab must not read what is spent.
    return Promise.race([result.then(() => sleep(SETTLE_MS)), sleep(LOCK_LIMIT_MS)]);
  };
  await locks.request(name, { signal: AbortSignal.timeout(LOCK_LIMIT_MS) }, hold).catch(() => undefined);
  return result ?? work();
}

/** Calls back when a page is looked at again, or left, or the network is there again, until the signal. */
export function onWake(wake: (online?: boolean) => void, signal: AbortSignal): void {
  page.addEventListener?.('online', () => wake(true), { signal });
  page.document?.addEventListener('visibilitychange', () => wake(), { signal });
}
