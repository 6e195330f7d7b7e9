import { setTimeout as sleep } from 'node:timers/promises';
import { isUnknown, type Revocation } from '../history/records';
import type { HttpRequest } from '../network/exchange';
import { REFRESH_LIFETIME } from '../settings';
import type { Administrator } from './administrator';
import type { Holder } from './holder';
import { Network } from './network';
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

/** Ends a session in one of the ways, and resolves when that is certain. */
export async function end(ending: Ending, holder: Holder, spent: Tokens, administrator: Administrator): Promise<void> {
  const { family, world } = holder;
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

async function logOut(holder: Holder, { refresh }: Tokens): Promise<void> {
  holder.world.counts.logouts++;
  await insist(holder, () => ({ method: 'POST', path: '/auth/logout', body: { refresh_token: refresh } }), 'logout');
}

/** Refreshes first where the access token has expired. */
async function logOutByAccessToken(holder: Holder, request: HttpRequest, reason: string): Promise<void> {
  holder.world.counts.logouts++;
  while ((await insist(holder, () => ({ ...request, accessToken: holder.tokens.access }), reason)) === 'access_token_expired') {
    if (!(await holder.refresh())) return;
  }
}

async function insist({ family, world, random, quality }: Holder, request: () => HttpRequest, reason: string): Promise<string> {
  const network = new Network(world, random, quality);
  for (;;) {
    const { reply: _, ...call } = await network.send(request());
    const revocation: Revocation = { ...call, reason };
    if (reason === 'logout_all') world.recorder.endAll(family.subject, revocation);
    else family.revocations.push(revocation);
    if (!isUnknown(call.answer)) return call.answer;
    await sleep(PAUSE_MS);
  }
}
