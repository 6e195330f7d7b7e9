import { parseDuration } from './duration';
import { JwtRefreshOptionsError } from './errors';
import { assertName, LONGEST_SECONDS } from './names';

/** RFC 7518 §3.2: a key as long as the hash's output, here SHA-256. */
const MIN_SECRET_BYTES = 32;
const LONGEST_SENTENCE = 255;
const ID_SHAPE = /^[A-Za-z0-9._-]{1,32}$/;
const PROPERTY_PATH = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;
const FORBIDDEN_PROPERTY = /(^|\.)(__proto__|constructor|prototype)(\.|$)/;
const PLACEHOLDER =
  /change[-_ ]?(me|this)|do[-_ ]?not[-_ ]?use|replace[-_ ]?(me|this)|place[-_ ]?holder|^your[-_ ]|a-string-secret-at-least-256-bits-long|^<.*>$|^\$\{.*\}$|^\s*$/i;

type Members = Record<string, unknown>;

/** Collects problems, so that one boot error can name them all. */
export class OptionsCheck {
  private readonly problems: string[] = [];

  problem(path: string, sentence: string): void {
    this.problems.push(`${path || 'options'} ${sentence}`);
  }

  finish(): void {
    if (this.problems.length > 0) throw new JwtRefreshOptionsError(this.problems);
  }

  /** The members of an object option; an absent one is empty. @param elsewhere what to say of names that people look for here */
  section(path: string, value: unknown, allowed: readonly string[], elsewhere: ReadonlyMap<string, string> = new Map()): Members {
    if (value === undefined && path) return {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.problem(path, 'must be an object');
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!allowed.includes(key)) this.problem(join(path, key), elsewhere.get(key) ?? `is not an option; known here: ${allowed.join(', ')}`);
    }
    return value as Members;
  }

  /** A text that can be stored and compared. */
  text(path: string, value: unknown): string {
    try {
      return assertName('', value);
    } catch (error) {
      this.problem(path, `${(error as Error).message.trim()}${value === undefined ? ', but it is undefined' : ''}`);
      return '';
    }
  }

  sentence(path: string, value: unknown): void {
    const usable = typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_SENTENCE;
    if (!usable) this.problem(path, `must be a text of 1 to ${LONGEST_SENTENCE} characters`);
  }

  flag(path: string, value: unknown): boolean {
    if (typeof value !== 'boolean') this.problem(path, 'must be true or false');
    return value === true;
  }

  oneOf<T extends string>(path: string, value: unknown, allowed: readonly T[]): T {
    if (allowed.includes(value as T)) return value as T;
    this.problem(path, `must be one of ${allowed.map((each) => `'${each}'`).join(', ')}`);
    return allowed[0] as T;
  }

  integer(path: string, value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): number {
    if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) return value as number;
    this.problem(path, `must be a whole number, ${from} ${to === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${to}`}`);
    return NaN;
  }

  duration(path: string, value: unknown, from: 0 | 1): number {
    try {
      const seconds = parseDuration(value);
      if (seconds >= from && seconds <= LONGEST_SECONDS) return seconds;
      this.problem(
        path,
        seconds > LONGEST_SECONDS ? 'must not be longer than 68 years' : from === 0 ? 'must not be negative' : 'must be longer than zero',
      );
    } catch (error) {
      this.problem(path, (error as Error).message);
    }
    return NaN;
  }

  id(path: string, value: unknown): string {
    if (typeof value === 'string' && ID_SHAPE.test(value)) return value;
    this.problem(path, 'must be 1 to 32 characters of A-Z a-z 0-9 . _ -');
    return '';
  }

  date(path: string, value: unknown): Date | undefined {
    const usable = value === undefined || (value instanceof Date && !Number.isNaN(value.getTime()));
    if (!usable) this.problem(path, 'must be a Date');
    return usable ? value : undefined;
  }

  propertyPath(path: string, value: unknown): string {
    if (typeof value === 'string' && PROPERTY_PATH.test(value) && !FORBIDDEN_PROPERTY.test(value)) return value;
    this.problem(path, "must be a property name, or several joined by dots like 'token.refresh'");
    return '';
  }

  secretValue(path: string, value: unknown, minBytes = MIN_SECRET_BYTES): string {
    if (typeof value !== 'string') {
      this.problem(path, `must be a text of at least ${minBytes} bytes, but it is ${describe(value)}; is the environment variable set?`);
    } else if (Buffer.byteLength(value) < minBytes) {
      this.problem(
        path,
        `has ${Buffer.byteLength(value)} bytes and needs at least ${minBytes}; make one with: openssl rand -base64 ${minBytes * 1.5}`,
      );
    } else if (PLACEHOLDER.test(value)) {
      this.problem(path, 'is a placeholder; make a real one with: openssl rand -base64 48');
    } else {
      return value;
    }
    return '';
  }

  distinctIds(path: string, entries: readonly { id: string }[]): void {
    const ids = entries.map(({ id }) => id).filter(Boolean);
    if (new Set(ids).size < ids.length) this.problem(path, 'has an id twice; every id must be unique');
  }
}

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
