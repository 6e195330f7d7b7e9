import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type FamilyHistory, isUnknown, type Refresh, type Use } from '../history/records';
import type { Random } from '../random';
import type { World } from '../world';
import { Network, type Quality } from './network';
import { Patience } from './patience';
import { readTokens, type Tokens } from './tokens';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 250;
/** So often an answer may get lost; who can't ask in time can't be kept signed in. */
const MOST_LOSSES = 4;

/** Somebody who has tokens of a family: its owner, or a thief. */
export class Holder {
  private readonly network: Network;
  private readonly goodNetwork: Network;
  /** What it had before the current tokens. */
  private previous: Tokens | null = null;

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
    world.sample.offer(tokens);
  }

  /** The newest tokens, and the ones before them. */
  get newestTwo(): Tokens[] {
    return this.previous ? [this.tokens, this.previous] : [this.tokens];
  }

  /** Presents the current token, and again until there is an answer. @returns whether there are new tokens */
  async refresh(simultaneous = 1): Promise<boolean> {
    const presented = this.tokens;
    const patience = new Patience(this.world, 'a refresh', this.family.id);
    for (let attempt = 0; ; attempt++) {
      const network = attempt < MOST_LOSSES ? this.network : this.goodNetwork;
      const answers = await Promise.all(Array.from({ length: simultaneous }, () => this.present(presented, network)));
      if (this.tokens !== presented) return true;
      if (!answers.every(({ answer }) => isUnknown(answer)) || patience.isOver()) return false;
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    }
  }

  /** Presents any token of the family, and again until there is an answer. @returns the last try */
  async insist(tokens: Tokens): Promise<Refresh> {
    const patience = new Patience(this.world, 'a refresh', this.family.id);
    for (;;) {
      const refresh = await this.present(tokens);
      if (!isUnknown(refresh.answer) || patience.isOver()) return refresh;
      await sleep(LONGEST_PAUSE_MS);
    }
  }

  /** Presents a token once; what comes back is kept if it is newer. */
  async present(tokens: Tokens, network = this.network): Promise<Refresh> {
    const { refresh: token, generation } = tokens;
    const { reply, ...call } = await network.send({ method: 'POST', path: '/auth/jwt-refresh', body: { refresh_token: token } });
    this.suspect(tokens, call.answer);
    const granted = call.answer === 'done' ? readTokens(reply.body) : null;
    const refresh: Refresh = { ...call, holder: this.role, presented: generation, grant: granted?.grant ?? null };
    this.family.refreshes.push(refresh);
    if (granted) this.keep(granted.tokens);
    return refresh;
  }

  /** Shows an access token at a guarded route. */
  async use(tokens = this.tokens): Promise<Use> {
    const { access, generation, accessUntil } = tokens;
    const { reply, ...call } = await this.network.send({ method: 'GET', path: '/me', accessToken: access });
    this.suspect(tokens, call.answer);
    const claims = call.answer === 'done' ? { sub: String(reply.body.sub), sid: String(reply.body.sid) } : null;
    const use: Use = { ...call, generation, accessUntil, claims };
    this.family.uses.push(use);
    this.world.counts.accessChecks++;
    return use;
  }

  /** What goes wrong is what gets logged: such tokens are looked for before others. */
  suspect(tokens: Tokens, answer: Answer): void {
    if (isUnknown(answer)) this.world.sample.suspect(tokens);
  }

  private keep(tokens: Tokens): void {
    this.world.sample.offer(tokens);
    if (tokens.generation <= this.tokens.generation) return;
    this.previous = this.tokens;
    this.tokens = tokens;
  }
}
