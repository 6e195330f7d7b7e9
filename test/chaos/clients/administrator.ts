import { setTimeout as sleep } from 'node:timers/promises';
import { newFamily } from '../history/new-family';
import { type FamilyHistory, isUnknown, mayHaveHappened, NOBODY } from '../history/records';
import type { HttpRequest } from '../network/exchange';
import type { Random } from '../random';
import type { World } from '../world';
import { Holder } from './holder';
import { logIn } from './log-in';
import { type Exchange, Network } from './network';
import { Patience } from './patience';
import type { Tokens } from './tokens';

const ADMIN_PATH = '/admin/refresh-tokens';
const PAUSE_MS = 200;
/** An access token younger than this needs no refresh. */
const FRESH_MS = 10_000;
/** How often an access token may expire on its way: it is a new one each time. */
const MOST_RENEWALS = 5;

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
    if (!session) throw new Error('the administrator could not log in');
    return new Administrator(world, session, new Network(world, random.fork('network'), 'good'));
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
    const patience = new Patience(this.world, `${request.method} ${request.path}`);
    for (;;) {
      const { reply: _, ...call } = await this.send(request);
      record(call);
      if (!isUnknown(call.answer) || patience.isOver()) return;
      await sleep(PAUSE_MS);
    }
  }

  private async send(request: HttpRequest): Promise<Exchange> {
    for (let renewals = 0; ; renewals++) {
      await this.stayFresh();
      const call = await this.show(this.session.tokens, request);
      if (call.answer !== 'access_token_expired' || renewals === MOST_RENEWALS) return call;
      this.refreshedAt = -Infinity;
    }
  }

  /** Sends a request once. A refusal is judged by the token that it was made with. */
  private async show(tokens: Tokens, request: HttpRequest): Promise<Exchange> {
    const exchange = await this.network.send({ ...request, accessToken: tokens.access });
    const { reply: _, ...call } = exchange;
    const what = `${request.method} ${request.path}`;
    if (!mayHaveHappened(call.answer)) this.session.family.refusals.push({ ...call, what, accessUntil: tokens.accessUntil });
    this.session.suspect(tokens, call.answer);
    return exchange;
  }

  private async stayFresh(): Promise<void> {
    if (this.world.clock.now() - this.refreshedAt < FRESH_MS) return;
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = null));
    await this.refreshing;
  }

  private async refresh(): Promise<void> {
    if (!(await this.session.refresh())) throw new Error('the administrator was signed out, or got no answer');
    this.refreshedAt = this.world.clock.now();
  }
}
