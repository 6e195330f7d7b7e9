import fc from 'fast-check';
import { isOwnRequest } from './own-request.policy';

const LISTED = 'https://app.example.com';
const POLICY = { header: 'x-requested-with', origins: [LISTED] };
const HOST = 'api.example.com';
const OWN = `https://${HOST}`;
const SCRIPT = { host: HOST, 'x-requested-with': 'fetch' };

type Row = [site: string | undefined, origin: string | undefined, own: boolean];

const TABLE: Row[] = [
  ['same-origin', OWN, true],
  ['same-origin', undefined, true],
  ['none', undefined, true],
  ['same-site', LISTED, true],
  ['cross-site', LISTED, true],
  ['same-site', 'https://other.example.com', false],
  ['same-site', undefined, false],
  ['cross-site', 'https://evil.example', false],
  ['cross-site', OWN, false],
  ['cross-site', undefined, false],
  ['', OWN, false],
  ['Same-Origin', OWN, false],
  ['same-origin, cross-site', OWN, false],
  [undefined, LISTED, true],
  [undefined, OWN, true],
  [undefined, `http://${HOST}`, true],
  [undefined, undefined, true],
  [undefined, 'null', false],
  [undefined, '', false],
  [undefined, 'https://evil.example', false],
  [undefined, `https://${HOST}.evil.example`, false],
  [undefined, `https://${HOST}:8443`, false],
  [undefined, 'https://app.example.com.evil.example', false],
  [undefined, 'https://app.example.com/', false],
  [undefined, 'https://APP.example.com', false],
  [undefined, '*', false],
];

describe('a request that may use the cookie', () => {
  it.each(TABLE)('with Sec-Fetch-Site %j and Origin %j: %j', (site, origin, own) => {
    expect(isOwnRequest({ ...SCRIPT, 'sec-fetch-site': site, origin }, POLICY)).toBe(own);
  });

  it.each(TABLE)('never lacks the header, with Sec-Fetch-Site %j and Origin %j', (site, origin) => {
    for (const header of [undefined, '']) {
      expect(isOwnRequest({ ...SCRIPT, 'x-requested-with': header, 'sec-fetch-site': site, origin }, POLICY)).toBe(false);
    }
  });

  it('was sent to its origin, however the host is written, and also over HTTP/2', () => {
    expect(isOwnRequest({ ...SCRIPT, host: 'API.example.com', origin: OWN }, POLICY)).toBe(true);
    expect(isOwnRequest({ ...SCRIPT, host: undefined, ':authority': HOST, origin: OWN }, POLICY)).toBe(true);
    expect(isOwnRequest({ ...SCRIPT, host: undefined, origin: OWN }, POLICY)).toBe(false);
  });

  it('never comes from an origin that is neither listed nor asked, whatever else it says', () => {
    const origin = fc.webUrl().map((url) => new URL(url).origin);
    const site = fc.constantFrom(undefined, 'cross-site', 'same-site', 'x');
    fc.assert(fc.property(origin, site, (from, where) => !isOwnRequest({ ...SCRIPT, origin: from, 'sec-fetch-site': where }, POLICY)));
  });
});
