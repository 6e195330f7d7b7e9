import { setTimeout as sleep } from 'node:timers/promises';
import { isUnknown, mayHaveHappened, type Refusal, type Revocation } from '../history/records';
import type { HttpRequest } from '../network/exchange';
import { REFRESH_LIFETIME } from '../settings';
import type { Administrator } from './administrator';
import { tally } from '../world';
import type { Holder } from './holder';
import { Network } from './network';
import { Patience } from './patience';
import type { Tokens } from './tokens';

/** How often sessions end in which way. */
export const ENDINGS = {
  logout: 30,
  'logout with a spent token': 10,
  'logout by access token': 10,
  'logout while refreshing': 15,
  'own session list': 5,
  'logout everywhere': 6,
  'administrator, one': 14,
  'administrator, all of a user': 2,
  'idle end': 8,
} as const;

export type Ending = keyof typeof ENDINGS;

const PAUSE_MS = 200;
const ADMIN_REASON = 'chaos';
/** How often an access token may expire on its way: it is a new one each time. */
const MOST_RENEWALS = 5;

/** A request that ends sessions, and the tokens that it is made with. */
interface Farewell {
  readonly tokens: Tokens;
  readonly by: 'access token' | 'refresh token';
  readonly request: HttpRequest;
}

/** Ends a session in one of the ways, and resolves when that is certain. */
export async function end(ending: Ending, holder: Holder, spent: Tokens, administrator: Administrator): Promise<void> {
  const { family, world } = holder;
  tally(world.counts.endings, ending);
  switch (ending) {
    case 'logout':
      return logOut(holder, holder.tokens);
    case 'logout with a spent token':
      return logOut(holder, spent);
    case 'logout by access token':
      return logOutByAccessToken(holder, { method: 'POST', path: '/auth/logout' }, 'logout');
    case 'own session list':
      return logOutByAccessToken(holder, { method: 'DELETE', path: `/auth/sessions/${family.id}` }, 'logout');
    case 'logout while refreshing':
      await Promise.all([logOut(holder, holder.tokens), holder.insist(holder.tokens)]);
      return;
    case 'logout everywhere':
      return logOutByAccessToken(holder, { method: 'POST', path: '/auth/logout', body: { refresh_token: 'all' } }, 'logout_all');
    case 'administrator, one':
      world.counts.adminRevocations++;
      return administrator.revoke(family, ADMIN_REASON);
    case 'administrator, all of a user':
      world.counts.adminRevocations++;
      return administrator.revokeAll(family.subject, ADMIN_REASON);
    case 'idle end':
      world.counts.expirations++;
      await world.clock.rest(REFRESH_LIFETIME * 1000 + PAUSE_MS);
  }
}

async function logOut(holder: Holder, tokens: Tokens): Promise<void> {
  holder.world.counts.logouts++;
  const request: HttpRequest = { method: 'POST', path: '/auth/logout', body: { refresh_token: tokens.refresh } };
  await insist(holder, { tokens, by: 'refresh token', request }, 'logout');
}

/** Refreshes first where the access token has expired. */
async function logOutByAccessToken(holder: Holder, request: HttpRequest, reason: string): Promise<void> {
  holder.world.counts.logouts++;
  for (let renewals = 0; renewals < MOST_RENEWALS; renewals++) {
    const { tokens } = holder;
    const farewell: Farewell = { tokens, by: 'access token', request: { ...request, accessToken: tokens.access } };
    if ((await insist(holder, farewell, reason)) !== 'access_token_expired' || !(await holder.refresh())) return;
  }
}

async function insist(holder: Holder, farewell: Farewell, reason: string): Promise<string> {
  const { family, world, random, quality } = holder;
  const network = new Network(world, random, quality);
  const patience = new Patience(world, 'a logout', family.id);
  let firstSent: number | undefined;
  for (;;) {
    const { reply: _, ...call } = await network.send(farewell.request);
    firstSent ??= call.sent;
    record(holder, farewell, { ...call, reason, firstSent });
    if (!isUnknown(call.answer) || patience.isOver()) return call.answer;
    await sleep(PAUSE_MS);
  }
}

function record(holder: Holder, farewell: Farewell, revocation: Revocation): void {
  const { family, world } = holder;
  if (revocation.reason === 'logout_all') world.recorder.endAll(family.subject, revocation);
  else family.revocations.push(revocation);
  if (!mayHaveHappened(revocation.answer)) family.refusals.push(refusalOf(farewell, revocation));
  holder.suspect(farewell.tokens, revocation.answer);
}

function refusalOf({ tokens, by, request }: Farewell, revocation: Revocation): Refusal {
  return { ...revocation, what: `${request.method} ${request.path}`, accessUntil: by === 'access token' ? tokens.accessUntil : null };
}
