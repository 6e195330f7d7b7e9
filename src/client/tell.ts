import type { AuthClientError } from './auth-client-error';
import { later } from './browser';

const LONGEST_MS = 60_000;

/** Milliseconds to wait after so many failures in a row, by chance, so that clients don't come back all at once. */
export function backOff(failures: number, { retryAfter }: AuthClientError): number {
  return retryAfter + Math.min(125 * 2 ** failures, LONGEST_MS / 2) * (1 + Math.random());
}

/** Does it, and again later while that may help. @returns whether the first try was enough */
export async function tell(request: () => Promise<unknown>, failures = 1): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (reason) {
    const error = reason as AuthClientError;
    // All but what a server says for good: 400 to 407.
    const isPassing = error.status < 400 || error.status > 407;
    if (isPassing) later(backOff(failures, error), () => void tell(request, failures + 1));
    return false;
  }
}
