import fc from 'fast-check';
import { RevokedFamilies } from './revoked-families';

describe('revoked families', () => {
  it('are known from the moment they are added, until the later of two times is past', () => {
    const families = new RevokedFamilies();
    expect(families.has('a')).toBe(false);
    families.add('a', 10);
    families.add('a', 99);
    families.add('a', 50);
    families.forget(99, 200);
    expect(families.has('a')).toBe(true);
    families.forget(100, 200);
    expect(families.has('a')).toBe(false);
    expect(families.size).toBe(0);
  });

  it('are never forgotten before their time, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.array(fc.nat(1000)), (times, moments) => {
        const families = new RevokedFamilies();
        times.forEach((time, index) => families.add(String(index), time));
        moments.forEach((moment) => families.forget(moment, 1000));
        const latest = Math.max(0, ...moments);
        times.forEach((time, index) => {
          if (time >= latest) expect(families.has(String(index))).toBe(true);
        });
      }),
    );
  });

  it('do not wait for one that a clock ahead of ours has dated', () => {
    const families = new RevokedFamilies();
    families.add('ahead', 5000);
    families.add('a', 10);
    families.forget(11, 100);
    expect([families.has('ahead'), families.has('a')]).toEqual([true, false]);
  });

  it('do not wait for one that is heard of again and again', () => {
    const families = new RevokedFamilies();
    for (let time = 0; time < 100; time++) {
      families.add('again', time);
      families.add(String(time), time);
      families.forget(time - 10, time);
    }
    expect(families.size).toBeLessThanOrEqual(12);
  });

  it('are all forgotten in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (times) => {
        const families = new RevokedFamilies();
        times.forEach((time, index) => families.add(String(index), time));
        families.forget(1001, 1001);
        expect(families.size).toBe(0);
      }),
    );
  });
});
