import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SOURCES = join(__dirname, '../../src');
const LENGTH = 60_000;
/** A pattern that goes over the text once takes about a millisecond, one that begins again at each character seconds. */
const LIMIT_MS = 300;

interface Pattern {
  readonly file: string;
  readonly literal: string;
  readonly regex: RegExp;
}

/** Every regular expression that stands in a file. */
function patternsIn(file: string): Pattern[] {
  const patterns: Pattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(node.text)!;
      patterns.push({ file, literal: node.text, regex: new RegExp(source!, flags) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest));
  return patterns;
}

/** Long runs of what the patterns are made of, each with an end that none of them wants, behind beginnings that they want. */
const RUNS = [...'aA0 \t\n=.-_/:;,+%"\\(<${é\0', 'a.', 'a ', '0.', 'a=', '0a', 'a-'];
const BEGINNINGS = ['', 'Bearer ', 'Basic ', '__host-', 'http://', '::ffff:', 'a.', '2026-01-01T00:00:00.', '1', '<', '${', '/', '-']; // prettier-ignore
const HOSTILE = BEGINNINGS.flatMap((beginning) => RUNS.map((run) => `${beginning}${run.repeat(LENGTH / run.length)}\u0001!`));

function timeOf(regex: RegExp, text: string): number {
  const start = performance.now();
  text.search(regex);
  return performance.now() - start;
}

/** Twice too slow: once may be the machine. */
const isSlow = (regex: RegExp, text: string): boolean => timeOf(regex, text) > LIMIT_MS && timeOf(regex, text) > LIMIT_MS;

describe('a regular expression of the module', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.spec)\.ts$/.test(file));
  const patterns = files.flatMap(patternsIn);

  it('is found by this test', () => {
    expect(patterns.length).toBeGreaterThan(30);
  });

  it.each(patterns.map(({ literal, file, regex }): [string, string, RegExp] => [literal, file, regex]))(
    'goes over a text once, whatever is in it: %s of %s',
    (_, _file, regex) => {
      expect(HOSTILE.find((text) => isSlow(regex, text))?.slice(0, 30)).toBeUndefined();
    },
  );

  it('that does not is found out', () => {
    expect(isSlow(/ *a$/, ' '.repeat(LENGTH))).toBe(true);
  });
});
