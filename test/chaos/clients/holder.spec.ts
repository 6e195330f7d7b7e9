import { CampaignClock } from '../campaign-clock';
import { TokenSample } from '../checker/leaks';
import { newFamily } from '../history/new-family';
import { Recorder } from '../history/recorder';
import { Random } from '../random';
import { PATIENCE_MS } from '../settings';
import type { World } from '../world';
import { Holder } from './holder';
import { Patience } from './patience';

const random = new Random('holder');
const clock = new CampaignClock();
const world = { clock, recorder: new Recorder(clock), sample: new TokenSample(random) } as World;

it('a token is looked for in the logs and the database from its login on, also one that is never refreshed', () => {
  const login = { node: 0, sent: 0, ended: 1, answer: 'done', subject: 'alice', grant: null };
  const family = newFamily({ id: 'family', kind: 'session', subject: 'alice', lifetime: 1, login });
  new Holder(world, family, 'owner', { refresh: 'first', access: 'a.b.c', generation: 0, accessUntil: 0 }, random, 'good');
  expect(world.sample.tokens).toEqual(['first', 'c']);
});

it('who asks for a minute gives up, and that is written down', () => {
  jest
    .spyOn(clock, 'now')
    .mockReturnValueOnce(7)
    .mockReturnValueOnce(PATIENCE_MS)
    .mockReturnValueOnce(PATIENCE_MS + 7);
  const patience = new Patience(world, 'a refresh', 'family');
  expect([patience.isOver(), patience.isOver()]).toEqual([false, true]);
  expect(world.recorder.despairs).toEqual([{ family: 'family', what: 'a refresh', from: 7, to: PATIENCE_MS + 7 }]);
});
