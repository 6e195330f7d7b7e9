import { setTimeout as sleep } from 'node:timers/promises';
import { newFamily } from '../history/new-family';
import { type FamilyHistory, isUnknown, NOBODY } from '../history/records';
import type { HttpRequest } from '../network/exchange';
import type { Random } from '../random';
import type { World } from '../world';
import { Holder } from './holder';
import { logIn } from './log-in';
import { type Exchange, Network } from './network';

const ADMIN_PATH = '/admin/refresh-tokens';
const PAUSE_MS = 200;
/** An access token younger than this needs no refresh. */
const FRESH_MS = 10_000;

/** Signed in for the whole campaign; revokes families and makes keys. */
export class Administrator {
  private refreshedAt: number;
  private refreshing: Promise<void> | null = null;

  private constructor(
    private readonly world: World,
    private readonly session: Holder,
    private readonly network: Network,
  ) {
    this.refreshedAt = world.clock.now();
  }

  static async signIn(world: World, random: Random): Promise<Administrator> {
    const session = await logIn(world, { username: 'admin', password: 'admin-demo' }, random, 'good');
    return new Administrator(world, session!, new Network(world, random.fork('network'), 'good'));
  }

  /** Revokes one family by its id, and asks until it is done. */
  async revoke(family: FamilyHistory, reason: string): Promise<void> {
    await this.insist({ method: 'POST', path: `${ADMIN_PATH}/${family.id}/revoke`, body: { reason } }, (call) =>
      family.revocations.push({ ...call, reason }),
    );
  }

  /** Revokes all families of a user. */
  async revokeAll(subject: string, reason: string): Promise<void> {
    await this.insist({ method: 'POST', path: `${ADMIN_PATH}/revoke`, body: { filter: { subject }, reason } }, (call) =>
      this.world.recorder.endAll(subject, { ...call, reason }),
    );
  }

  /** Makes a key whose token rotates and whose end nothing moves. */
  async makeKey(lifetime: number, random: Random): Promise<Holder | null> {
    const body = { audience: 'web', lifetime, label: 'chaos' };
    const call = await this.send({ method: 'POST', path: ADMIN_PATH, body });
    const { reply, ...login } = call;
    if (call.answer !== 'done') {
      this.world.recorder.unansweredLogins.push({ ...login, subject: NOBODY, grant: null });
      return null;
    }
    const { id, subject } = reply.body as { id: string; subject: string };
    const family = newFamily({ id, kind: 'key', subject, lifetime: lifetime * 1000, login: { ...login, subject, grant: null } });
    this.world.recorder.begin(family);
    this.world.counts.keys++;
    return new Holder(this.world, family, 'owner', { refresh: reply.body.token, access: '', generation: 0, accessUntil: 0 }, random, 'good');
  }

  private async insist(request: HttpRequest, record: (call: Omit<Exchange, 'reply'>) => void): Promise<void> {
    for (;;) {
      const { reply: _, ...call } = await this.send(request);
      record(call);
      if (!isUnknown(call.answer)) return;
      await sleep(PAUSE_MS);
    }
  }

  private async send(request: HttpRequest): Promise<Exchange> {
    await this.stayFresh();
    for (;;) {
      const call = await this.network.send({ ...request, accessToken: this.session.tokens.access });
      if (call.answer !== 'access_token_expired') return call;
      this.refreshedAt = -Infinity;
      await this.stayFresh();
    }
  }

  private async stayFresh(): Promise<void> {
    if (this.world.clock.now() - this.refreshedAt < FRESH_MS) return;
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = null));
    await this.refreshing;
  }

  private async refresh(): Promise<void> {
    if (!(await this.session.refresh())) throw new Error('the administrator was signed out');
    this.refreshedAt = this.world.clock.now();
  }
}
