import ms from 'ms';

type DurationUnit = 'ms' | 's' | 'sec' | 'm' | 'min' | 'h' | 'hr' | 'd' | 'w' | 'y';

/**
 * A length of time: a number of **seconds**, or a number with a unit such as `'15m'`, `'12h'` or `'14d'`.
 * A numeric string without a unit (`'900'`) is refused, because libraries disagree on whether it means seconds.
 */
export type Duration = number | `${number}${DurationUnit}` | `${number} ${DurationUnit}`;

const BARE_NUMBER = /^\s*[-+]?[\d.]+\s*$/;

/**
 * Reads a {@link Duration}.
 *
 * @returns whole seconds
 * @throws RangeError with a sentence that says what to write instead
 */
export function parseDuration(value: unknown): number {
  const seconds = typeof value === 'number' ? value : secondsFromText(value);
  if (!Number.isSafeInteger(seconds)) throw new RangeError('must come to a whole number of seconds');
  return seconds;
}

function secondsFromText(value: unknown): number {
  if (typeof value !== 'string') throw new RangeError("must be a number of seconds or a text like '15m'");
  if (BARE_NUMBER.test(value)) {
    throw new RangeError(`'${value}' has no unit: write the number ${value} for seconds, or a text like '${value.trim()}s'`);
  }
  const milliseconds = value !== '' && value.length <= 100 ? ms(value as ms.StringValue) : undefined;
  if (milliseconds === undefined || Number.isNaN(milliseconds)) {
    throw new RangeError(`'${value.slice(0, 100)}' is not a duration: write a number of seconds or a text like '15m'`);
  }
  // A microsecond and less is the noise of binary fractions: 1.1 hours are 3960.0000000000005 seconds.
  return Number((milliseconds / 1000).toFixed(6));
}
