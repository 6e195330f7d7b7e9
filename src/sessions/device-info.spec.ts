import fc from 'fast-check';
import { isIP } from 'node:net';
import { describeDevice, deviceFromRequest } from './device-info';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const IOS_WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

const USER_AGENTS: [userAgent: string, browser: string | null, os: string | null, device: string | null][] = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox 142.0', 'Windows 10', 'desktop'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36`, 'Chrome 139.0.0.0', 'Windows 10', 'desktop'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0`,
    'Microsoft Edge 139.0.0.0',
    'Windows 10',
    'desktop',
  ],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS_WEBKIT} Version/18.6 Safari/605.1.15`, 'Safari 18.6', 'macOS Catalina', 'desktop'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox 128.0', 'Linux', 'desktop'],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${IOS_WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1`,
    'Safari 18.6',
    'iOS 18.6',
    'mobile',
  ],
  [`Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${IOS_WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari 17.5', 'iOS 17.5', 'tablet'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/139.0.0.0 Mobile Safari/537.36`, 'Chrome 139.0.0.0', 'Android 14', 'mobile'],
  [`Mozilla/5.0 (Linux; Android 13; SM-X900) ${WEBKIT} Chrome/139.0.0.0 Safari/537.36`, 'Chrome 139.0.0.0', 'Android 13', 'tablet'],
  [`Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) ${WEBKIT} Version/6.0 TV Safari/537.36`, 'Tizen 6.0', 'Tizen 6.0', 'tv'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot 2.1', null, 'bot'],
  ['curl/8.5.0', null, null, null],
  ['PostmanRuntime/7.45.0', null, null, null],
  ['okhttp/4.12.0', null, null, null],
  ['node', null, null, null],
  ['-', null, null, null],
  [' ', null, null, null],
  ['((((((', null, null, null],
  ['"><script>alert(1)</script>', null, null, null],
  ["Robert'); DROP TABLE refresh_tokens;--", null, null, null],
  ['\u001b[31mred\r\nSet-Cookie: a=b', null, null, null],
];

const NOTHING = { userAgent: null, browser: null, os: null, device: null, ip: null };

/** 8 kB that make a parser's regular expressions go back and forth. */
const LABYRINTHS = [
  'a', '(', '/', ' ', ';', 'Mozilla/5.0 (', 'Linux; Android 1', 'Version/1.1 ', 'Tizen ', 'Opera/9 ', 'x/y (', '\t/(', 'Windows NT 10.0; Win64; x64) ',
  'iphone os 1_1_1_1_', 'Mac OS X 10_', 'bot bot/', '1.1.1.1.', 'Safari/1 Chrome/1 ', 'roku/dvp-1.',
].map((part) => part.repeat(Math.ceil(8192 / part.length)).slice(0, 8191) + '!'); // prettier-ignore

describe('device info', () => {
  describe('of a user agent', () => {
    it.each(USER_AGENTS)('reads %j', (userAgent, browser, os, device) => {
      expect(describeDevice(userAgent, undefined)).toEqual({ userAgent, browser, os, device, ip: null });
    });

    it.each([undefined, null, '', [], ['curl/8.5.0'], 5, {}, { toString: () => 'curl/8.5.0' }, Symbol('curl')])(
      'says nothing for %p',
      (userAgent) => {
        expect(describeDevice(userAgent, undefined)).toEqual(NOTHING);
      },
    );

    it('is cut at 512 characters before anything looks at it', () => {
      const start = 'x'.repeat(512);
      expect(describeDevice(start, undefined).userAgent).toBe(start);
      expect(describeDevice(`${start}Firefox/142.0`, undefined)).toEqual(describeDevice(start, undefined));
    });

    it('stays well-formed text when the cut, or the sender, halves a character', () => {
      expect(describeDevice(`${'x'.repeat(511)}😀`, undefined).userAgent).toBe(`${'x'.repeat(511)}\ufffd`);
      expect(describeDevice('\udc00 curl \ud800', undefined).userAgent).toBe('\ufffd curl \ufffd');
    });

    it('gives a browser name of at most 64 characters, well-formed too', () => {
      const { browser } = describeDevice(`x${'😀'.repeat(100)}/1.0 (x)`, undefined);
      expect(browser).toHaveLength(64);
      expect(browser!.isWellFormed()).toBe(true);
    });

    it.each(LABYRINTHS.map((text) => [text.slice(0, 20), text]))('reads 8 kB of %j… in under 5 ms', (_, userAgent) => {
      // Never the same twice: what was read once is remembered.
      const times = Array.from({ length: 5 }, (_, time) => timeOf(() => describeDevice(`${time}${userAgent}`, undefined)));
      expect(Math.min(...times)).toBeLessThan(5);
    });
  });

  describe('of an address', () => {
    it.each([
      ['203.0.113.7', '203.0.113.7'],
      ['::1', '::1'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['::FFFF:203.0.113.7', '203.0.113.7'],
      ['fe80::1%eth0', 'fe80::1'],
      ['::ffff:203.0.113.7%eth0', '203.0.113.7'],
      ['2001:DB8::ABCD', '2001:db8::abcd'],
    ])('%s is %s', (ip, canonical) => {
      expect(describeDevice(undefined, ip).ip).toBe(canonical);
    });

    it.each([
      ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
      ['2001:0db8::0001', '2001:db8::1'],
      ['::ffff:cb00:7107', '203.0.113.7'],
      ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ])('%s, as a proxy may spell it, is %s', (ip, canonical) => {
      expect(describeDevice(undefined, ip).ip).toBe(canonical);
    });

    it.each([
      undefined, null, '', 'unknown', '-', '_hidden', '999.1.1.1', '1.2.3', '010.0.0.1', '0x7f.0.0.1', '203.0.113.7:8080', '[::1]', '[::1]:80', ' 203.0.113.7',
      '203.0.113.7\n', '203.0.113.7, 10.0.0.1', '::ffff:999.1.1.1', '::ffff:1.2.3.4\n', ':::', '%eth0', 'a'.repeat(1024), '1'.repeat(1024), ':'.repeat(1024),
      ['203.0.113.7'], 2130706433, {}, { toString: () => '203.0.113.7' },
    ])('%j is no address', (ip) => {
      expect(describeDevice(undefined, ip).ip).toBeNull();
    }); // prettier-ignore
  });

  it('comes from the header and the address that the framework trusts, not from X-Forwarded-For', () => {
    const headers = { 'user-agent': 'curl/8.5.0', 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1' };
    expect(deviceFromRequest({ headers, ip: '::ffff:203.0.113.7' })).toEqual({ ...NOTHING, userAgent: 'curl/8.5.0', ip: '203.0.113.7' });
    expect(deviceFromRequest({ headers: {} })).toEqual(NOTHING);
    expect(deviceFromRequest({})).toEqual(NOTHING);
  });

  it('never throws, and what it says is short, well-formed and a real address or none', () => {
    const userAgent = fc.oneof(fc.anything(), fc.string({ unit: 'binary', maxLength: 2000 }), fc.string({ maxLength: 600 }));
    const ip = fc.oneof(fc.anything(), fc.ipV4(), fc.ipV6(), fc.string());
    fc.assert(
      fc.property(userAgent, ip, (givenUserAgent, givenIp) => {
        const info = describeDevice(givenUserAgent, givenIp);
        expect(info.ip === null || isIP(info.ip) > 0).toBe(true);
        expect(info.userAgent?.length ?? 0).toBeLessThanOrEqual(512);
        for (const name of [info.browser, info.os, info.device]) expect(name?.length ?? 0).toBeLessThanOrEqual(64);
        expect(JSON.stringify(info)).not.toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives every IPv4 address back as it is, mapped into IPv6 or not', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(describeDevice(undefined, ip).ip).toBe(ip);
        expect(describeDevice(undefined, `::ffff:${ip}`).ip).toBe(ip);
      }),
    );
  });
});

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
