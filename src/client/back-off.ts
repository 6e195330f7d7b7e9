import type { AuthClientError } from './auth-client-error';
import { later } from './browser';

const LONGEST_MS = 60_000;
const TRIES = 8;

/** Milliseconds to wait after so many failures in a row, by chance, so that clients don't come back all at once. */
export function backOff(failures: number, { retryAfter }: AuthClientError): number {
  return retryAfter + Math.min(250 * 2 ** failures, LONGEST_MS) * (0.5 + Math.random() / 2);
}

/** Whether the same request may have another answer later: no answer, 408, 429, 5xx. */
const isPassing = ({ status }: AuthClientError): boolean => !status || status === 408 || status === 429 || status >= 500;

/** Does it, and again later while that may help. @returns whether the first try was enough */
export async function tell(request: () => Promise<unknown>, failures = 0): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    const reason = error as AuthClientError;
    if (isPassing(reason) && failures < TRIES) later(backOff(failures + 1, reason), () => void tell(request, failures + 1));
    return false;
  }
}
