import fc from 'fast-check';
import { parseDuration } from './duration';

/** What a text unit is worth, in seconds. */
const UNITS = { s: 1, sec: 1, m: 60, min: 60, h: 3600, hr: 3600, d: 86_400, w: 604_800 } as const;

describe('a duration', () => {
  it.each([
    [0, 0],
    [900, 900],
    [-5, -5],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['30s', 30],
    ['30 sec', 30],
    ['15m', 900],
    ['15 min', 900],
    ['15M', 900],
    ['12h', 43_200],
    ['2 hr', 7200],
    ['14d', 1_209_600],
    ['2w', 1_209_600],
    ['1y', 31_557_600],
    ['2000ms', 2],
    ['0.5h', 1800],
    ['.5h', 1800],
    ['1.5d', 129_600],
    ['-3 min', -180],
  ])('%j is %d seconds', (value, seconds) => {
    expect(parseDuration(value)).toBe(seconds);
  });

  it.each([
    ['1.1h', 3960],
    ['1.15h', 4140],
    ['2.3d', 198_720],
  ])('%j is %d seconds, whatever binary fractions make of it', (value, seconds) => {
    expect(parseDuration(value)).toBe(seconds);
  });

  it.each(['900', '0', ' 900 ', '-5', '+5', '1.5', '.5', '5.', '900\n'])('refuses %j, which has no unit, and says what to write', (value) => {
    expect(() => parseDuration(value)).toThrow(RangeError);
    expect(() => parseDuration(value)).toThrow(`has no unit: write the number ${value} for seconds, or a text like '${value.trim()}s'`);
  });

  it.each([1.5, NaN, Infinity, -Infinity, 2 ** 53, '1.5s', '500ms', '1ms', '999999999999y'])(
    'refuses %p, which is no whole number of seconds',
    (value) => {
      expect(() => parseDuration(value)).toThrow(new RangeError('must come to a whole number of seconds'));
    },
  );

  it.each([
    '',
    ' ',
    'soon',
    '15 minuten',
    'm',
    '1e3s',
    '0x10s',
    '15m15s',
    '15m ',
    ' 15m',
    '15m\n',
    '١٥m',
    '１５m',
    '--5m',
    '5..5s',
    '1,5h',
    `${'1'.repeat(200)}s`,
  ])('refuses %j and shows what a duration looks like', (value) => {
    expect(() => parseDuration(value)).toThrow(RangeError);
    expect(() => parseDuration(value)).toThrow("write a number of seconds or a text like '15m'");
  });

  it('repeats at most 100 characters of a text it refuses', () => {
    const tooLong = 'x'.repeat(100_000);
    expect(() => parseDuration(tooLong)).toThrow(
      new RangeError(`'${'x'.repeat(100)}' is not a duration: write a number of seconds or a text like '15m'`),
    );
  });

  it.each<unknown>([undefined, null, true, {}, [], ['15m'], 900n, Symbol('15m'), () => 900, new Date(), { valueOf: () => 900 }])(
    'refuses %p',
    (value) => {
      expect(() => parseDuration(value)).toThrow(new RangeError("must be a number of seconds or a text like '15m'"));
    },
  );

  it('gives every whole number of seconds back as it is', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (seconds) => parseDuration(seconds) === seconds));
  });

  it('multiplies every whole number by its unit, with or without a space', () => {
    const units = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), units, fc.constantFrom('', ' '), (count, unit, space) => {
        expect(parseDuration(`${count}${space}${unit}`)).toBe(count * UNITS[unit]);
      }),
    );
  });

  it('makes of any text at all a whole number of seconds or a RangeError, never NaN', () => {
    const almost = fc.stringMatching(/^[-+]?[\d.eE_,x]{0,8} ?[a-zA-Z]{0,6}\s?$/);
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), almost), isSecondsOrRangeError), { numRuns: 2000 });
  });

  it('makes of any value at all a whole number of seconds or a RangeError', () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.double()), isSecondsOrRangeError));
  });
});

function isSecondsOrRangeError(value: unknown): boolean {
  try {
    return Number.isSafeInteger(parseDuration(value));
  } catch (error) {
    return error instanceof RangeError && !error.message.includes('NaN');
  }
}
