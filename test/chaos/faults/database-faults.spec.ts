import type { TcpProxy } from '../../support/tcp-proxy';
import { CampaignClock } from '../campaign-clock';
import { Recorder } from '../history/recorder';
import { Random } from '../random';
import { noCounts, type World } from '../world';
import { cutConnections } from './database-faults';

describe('a cut connection', () => {
  it.each([
    ['is counted, and is a trouble of a moment', true, 1],
    ['is neither if nothing came that was to be cut', false, 0],
  ])('%s', async (_, struck, times) => {
    const proxy = { breakAt: async () => struck, callOff: () => undefined } as unknown as TcpProxy;
    const world = { counts: noCounts(), recorder: new Recorder(new CampaignClock()) } as World;
    await cutConnections(1, proxy, 'a rotation').strike(world, new Random('cut'));
    expect(world.counts.connectionsCut).toBe(times);
    expect(world.recorder.troubles.map(({ kind, from, to }) => [kind, to - from])).toEqual(struck ? [['cut', 1]] : []);
  });
});
