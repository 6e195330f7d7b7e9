import fc from 'fast-check';
import { RevokedFamilies } from './revoked-families';

describe('revoked families', () => {
  it('are known from the moment they are added, and keep their first time', () => {
    const families = new RevokedFamilies();
    expect(families.has('a')).toBe(false);
    families.add('a', 10);
    families.add('a', 99);
    families.forgetBefore(11);
    expect(families.has('a')).toBe(false);
    expect(families.size).toBe(0);
  });

  it('are never forgotten before their time, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.array(fc.nat(1000)), (times, moments) => {
        const families = new RevokedFamilies();
        times.forEach((time, index) => families.add(String(index), time));
        moments.forEach((moment) => families.forgetBefore(moment));
        const latest = Math.max(0, ...moments);
        times.forEach((time, index) => {
          if (time >= latest) expect(families.has(String(index))).toBe(true);
        });
      }),
    );
  });

  it('are all forgotten in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (times) => {
        const families = new RevokedFamilies();
        times.forEach((time, index) => families.add(String(index), time));
        families.forgetBefore(1001);
        expect(families.size).toBe(0);
      }),
    );
  });
});
