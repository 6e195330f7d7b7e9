import { CampaignClock } from '../campaign-clock';
import { newFamily } from './new-family';
import { Recorder } from './recorder';
import type { Login, Revocation } from './records';

const login: Login = { node: 0, sent: 100, ended: 200, answer: 'done', subject: 'alice', grant: null };
const everywhere = (sent: number, ended: number): Revocation => ({ node: 1, sent, ended, answer: 'done', reason: 'logout_all' });
const family = () => newFamily({ id: 'family', kind: 'session', subject: 'alice', lifetime: 1, login });

describe('a logout everywhere', () => {
  it.each([
    ['sent before the login was answered, answered after', everywhere(150, 300), [true]],
    ['sent after', everywhere(201, 300), [false]],
    ['sent again after, because no answer came before', { ...everywhere(201, 300), firstSent: 90 }, [true]],
    ['sent again after, and for the first time after too', { ...everywhere(240, 300), firstSent: 201 }, [false]],
    ['over before the login was sent', everywhere(10, 99), []],
  ])('%s', (_, ending, raced) => {
    for (const order of ['login first', 'ending first']) {
      const recorder = new Recorder(new CampaignClock());
      const begun = family();
      if (order === 'login first' && raced.length > 0) recorder.begin(begun);
      recorder.endAll('alice', ending);
      if (!recorder.families.includes(begun)) recorder.begin(begun);
      expect(begun.revocations).toEqual(raced.map((so) => ({ ...ending, raced: so })));
    }
  });
});
