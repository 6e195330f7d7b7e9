import { setTimeout as sleep } from 'node:timers/promises';
import { type FamilyHistory, isUnknown, type Refresh, type Use } from '../history/records';
import type { Random } from '../random';
import type { World } from '../world';
import { Network, type Quality } from './network';
import { readTokens, type Tokens } from './tokens';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 250;
/** So often an answer may get lost; who can't ask in time can't be kept signed in. */
const MOST_LOSSES = 4;

/** Somebody who has tokens of a family: its owner, or a thief. */
export class Holder {
  private readonly network: Network;
  private readonly goodNetwork: Network;

  constructor(
    readonly world: World,
    readonly family: FamilyHistory,
    readonly role: Refresh['holder'],
    public tokens: Tokens,
    readonly random: Random,
    readonly quality: Quality,
  ) {
    this.network = new Network(world, random, quality);
    this.goodNetwork = new Network(world, random, 'good');
  }

  /** Presents the current token, and again until there is an answer. @returns whether there are new tokens */
  async refresh(simultaneous = 1): Promise<boolean> {
    const presented = this.tokens;
    for (let attempt = 0; ; attempt++) {
      const network = attempt < MOST_LOSSES ? this.network : this.goodNetwork;
      const answers = await Promise.all(Array.from({ length: simultaneous }, () => this.present(presented, network)));
      if (this.tokens !== presented) return true;
      if (!answers.every(({ answer }) => isUnknown(answer))) return false;
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    }
  }

  /** Presents any token of the family, and again until there is an answer. */
  async insist(tokens: Tokens): Promise<Refresh> {
    for (;;) {
      const refresh = await this.present(tokens);
      if (!isUnknown(refresh.answer)) return refresh;
      await sleep(LONGEST_PAUSE_MS);
    }
  }

  /** Presents a token once; what comes back is kept if it is newer. */
  async present({ refresh: token, generation }: Tokens, network = this.network): Promise<Refresh> {
    const { reply, ...call } = await network.send({ method: 'POST', path: '/auth/jwt-refresh', body: { refresh_token: token } });
    const granted = call.answer === 'done' ? readTokens(reply.body) : null;
    const refresh: Refresh = { ...call, holder: this.role, presented: generation, grant: granted?.grant ?? null };
    this.family.refreshes.push(refresh);
    if (granted) this.keep(granted.tokens);
    return refresh;
  }

  /** Shows an access token at a guarded route. */
  async use({ access, generation, accessUntil }: Tokens = this.tokens): Promise<Use> {
    const { reply, ...call } = await this.network.send({ method: 'GET', path: '/me', accessToken: access });
    const claims = call.answer === 'done' ? { sub: String(reply.body.sub), sid: String(reply.body.sid) } : null;
    const use: Use = { ...call, generation, accessUntil, claims };
    this.family.uses.push(use);
    this.world.counts.accessChecks++;
    return use;
  }

  private keep(tokens: Tokens): void {
    this.world.sample.offer(tokens);
    if (tokens.generation > this.tokens.generation) this.tokens = tokens;
  }
}
