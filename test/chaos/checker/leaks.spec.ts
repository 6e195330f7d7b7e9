import { randomBytes } from 'node:crypto';
import { Random } from '../random';
import { LeakSearch, TokenSample } from './leaks';

const token = (name: string) => `jrt_${name.padEnd(40, '-')}${randomBytes(64).toString('base64url')}`;

describe('the search for leaks', () => {
  const refresh = token('a family');
  const access = `header.claims.${randomBytes(32).toString('base64url')}`;
  const sample = new TokenSample(new Random('leaks'));
  sample.offer({ refresh, access });
  const search = new LeakSearch(sample.tokens);

  it.each([
    ['the whole refresh token', `token ${refresh} refused`],
    ['12 characters of its secret', `… ${refresh.slice(60, 72)} …`],
    ['its last 12 characters', refresh.slice(-12)],
    ["12 characters of an access token's signature", access.slice(-20, -8)],
  ])('finds %s', (_, text) => expect(search.find(text)).not.toBeNull());

  it.each([
    ['11 characters', refresh.slice(-11)],
    ['what names the family', refresh.slice(0, 44)],
    ['another token', token('a family')],
    ['nothing', ''],
  ])('does not find %s', (_, text) => expect(search.find(text)).toBeNull());

  it('finds what a failed request had, among ever so many', () => {
    const long = new TokenSample(new Random('failed'));
    long.suspect({ refresh, access });
    for (let index = 0; index < 5000; index++) long.offer({ refresh: token(`${index}`), access: '' });
    const found = new LeakSearch(long.tokens);
    for (const text of [refresh, access]) expect(found.find(text)).not.toBeNull();
  });

  it('looks for no access token where there is none', () => {
    const keys = new TokenSample(new Random('keys'));
    keys.offer({ refresh, access: '' });
    expect(keys.tokens).toHaveLength(1);
  });

  it('draws from all tokens of a long campaign', () => {
    const long = new TokenSample(new Random('long'));
    for (let index = 0; index < 5000; index++) long.offer({ refresh: `r${index}`, access: `.${index}` });
    const late = long.tokens.filter((text) => Number(text.replace('r', '')) >= 2500).length;
    expect(long.tokens).toHaveLength(500);
    expect(late).toBeGreaterThan(180);
    expect(late).toBeLessThan(320);
  });
});
