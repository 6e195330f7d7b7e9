import fc from 'fast-check';
import { csvLine } from './csv';

describe('csvLine', () => {
  it('is read back as it was by a reader of RFC 4180, but for the apostrophes of formulas and NUL', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (fields) => {
        const read = readCsv(csvLine(fields));
        expect(read).toHaveLength(1);
        const bare = (list: string[]) => list.map((field) => field.replace(/['\0]/g, ''));
        expect(bare(read[0]!)).toEqual(bare(fields));
      }),
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\r=1', '\n=1', '\0=1', ' =1', '   +1', '\u00a0=1', '\ufeff=1', '＝1', '＋1', '－1', '＠x', '=cmd|/C calc', '|x', '%0A=1', '\0\0 -1', '\u3000＝1', '\u2028=1'])(
    'makes a text of what a spreadsheet would run: %j',
    (text) => {
      const [[field]] = readCsv(csvLine([text])) as [[string]];
      expect(field).toBe(`'${text.replaceAll('\0', '')}`);
    },
  ); // prettier-ignore

  it('finds no formula in any text that a spreadsheet trims', () => {
    const trimmed = fc.array(fc.constantFrom(' ', '\t', '\r', '\n', '\0', '\ufeff', '\u00a0', '\u200b')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(trimmed, fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠'), fc.string(), (front, sign, rest) => {
        const [[field]] = readCsv(csvLine([front + sign + rest])) as [[string]];
        expect(field.startsWith("'")).toBe(true);
      }),
    );
  });

  it.each([
    ["x;=cmd|'/C calc'!A0", "x;'=cmd|'/C calc'!A0"],
    ['a; +1;-2', "a; '+1;'-2"],
    ['a\t@SUM(A1)', "a\t'@SUM(A1)"],
    ['\t=1', "'\t'=1"],
    ['a;"=1"', 'a;"\'=1"'],
    ['(a; b) c-d=e', '(a; b) c-d=e'],
  ])('makes a text of %j too, which begins a field where the separator is another one', (text, expected) => {
    expect(readCsv(csvLine([text]))).toEqual([[expected]]);
  });

  it.each<[value: unknown, text: string]>([
    [null, '""'],
    [undefined, '""'],
    ['', '""'],
    [0, '"0"'],
    [-1, `"'-1"`],
    [true, '"true"'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    [{ a: '=1' }, '"{""a"":""=1""}"'],
    [['=1'], '"[""=1""]"'],
    ['a=b', '"a=b"'],
  ])('writes %j as %s', (value, text) => {
    expect(csvLine([value])).toBe(`${text}\r\n`);
  });

  it('has as many fields as were given, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ withBigInt: false }), { minLength: 1, maxLength: 20 }), (fields) => {
        expect(readCsv(csvLine(fields))[0]).toHaveLength(fields.length);
      }),
    );
  });
});

/** RFC 4180 §2, every field quoted. */
function readCsv(text: string): string[][] {
  return text
    .slice(0, -2)
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((line) => [...line.matchAll(/(?:^|,)"((?:[^"]|"")*)"/g)].map(([, field]) => field!.replaceAll('""', '"')));
}
