import { AuthClientError } from '../../src/client/auth-client-error';
import { backOff } from '../../src/client/tell';

const silence = new AuthClientError(0, null, 0);

describe('the wait before a failed request is sent again', () => {
  it.each(Array.from({ length: 12 }, (_, index) => index + 1))('grows, up to a minute, and differs by chance: failure %i', (failures) => {
    const shortest = Math.min(125 * 2 ** failures, 30_000);
    const waits = Array.from({ length: 20 }, () => backOff(failures, silence));
    expect(new Set(waits).size).toBe(20);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(shortest);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * shortest);
  });

  it('is never shorter than the server asks for', () => {
    expect(backOff(1, new AuthClientError(503, null, 7000))).toBeGreaterThanOrEqual(7000);
  });
});
