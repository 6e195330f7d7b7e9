import { newFamily } from '../history/new-family';
import type { Random } from '../random';
import { REFRESH_LIFETIME } from '../settings';
import type { World } from '../world';
import { Holder } from './holder';
import { Network, type Quality } from './network';
import { Patience } from './patience';
import { readTokens } from './tokens';

const PAUSE_MS = 250;

export interface Account {
  readonly username: string;
  readonly password: string;
}

/** Logs in, when it is this one's turn. @returns null when the campaign is over, or no answer comes */
export function logIn(world: World, account: Account, random: Random, quality: Quality): Promise<Holder | null> {
  return world.entrance.run(() => insistOnLogin(world, account, random, quality));
}

/** Again and again until there is an answer. */
async function insistOnLogin(world: World, { username, password }: Account, random: Random, quality: Quality): Promise<Holder | null> {
  const network = new Network(world, random, quality);
  const patience = new Patience(world, `a login of ${username}`);
  while (!world.clock.isOver && !patience.isOver()) {
    const { reply, ...call } = await network.send({ method: 'POST', path: '/auth/login', body: { username, password } });
    const login = { ...call, subject: username, grant: null };
    if (call.answer === 'done') {
      const { tokens, grant } = readTokens(reply.body);
      const lifetime = REFRESH_LIFETIME * 1000;
      const family = newFamily({ id: grant.session, kind: 'session', subject: username, lifetime, login: { ...login, grant } });
      world.recorder.begin(family);
      world.counts.logins++;
      return new Holder(world, family, 'owner', tokens, random, quality);
    }
    world.recorder.unansweredLogins.push(login);
    await world.clock.rest(PAUSE_MS);
  }
  return null;
}
