import { type Duration, parseDuration } from './duration';

/** What an integer column holds: 68 years. */
export const LONGEST_SECONDS = 2 ** 31 - 1;

const MAX_LENGTH = 255;
const CONTROL_CHARACTER = /\p{Cc}|\p{Cs}/u;

/**
 * A name must come back from every database exactly as it was given: some ignore trailing spaces when they compare, some
 * refuse NUL.
 *
 * @throws TypeError
 */
export function assertName(what: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH) {
    throw new TypeError(`${what} must be a text of 1 to ${MAX_LENGTH} characters`);
  }
  if (value !== value.trim() || CONTROL_CHARACTER.test(value)) {
    throw new TypeError(`${what} must have no space at its ends and no control characters`);
  }
  return value;
}

/** A number would be another user's id for some database. @throws TypeError */
export function assertSubject(value: unknown): asserts value is string {
  if (typeof value !== 'string') {
    throw new TypeError(`subject must be a text, but it is ${value === null ? 'null' : typeof value}; give String(user.id)`);
  }
  assertName('subject', value);
}

/** The seconds of a lifetime that a row can hold. @throws TypeError */
export function assertLifetime(given: Duration, longest: number, nameOfLongest = 'refreshToken.maxLifetime'): number {
  try {
    const seconds = parseDuration(given);
    if (seconds >= 1 && seconds <= longest) return seconds;
    throw new RangeError(`must be from 1 second to ${nameOfLongest} (${longest} seconds)`);
  } catch (error) {
    throw new TypeError(`lifetime ${(error as Error).message}`, { cause: error });
  }
}
