import type { CampaignClock } from '../campaign-clock';
import type { ClockJump, Despair, FailedStart, FamilyHistory, History, Login, Revocation, Trouble } from './records';
import { Settling } from './settling';

/** Writes the history down while it happens. */
export class Recorder implements History {
  readonly jumps: ClockJump[] = [];
  readonly troubles: Trouble[] = [];
  readonly unansweredLogins: Login[] = [];
  readonly families: FamilyHistory[] = [];
  readonly despairs: Despair[] = [];
  readonly failedStarts: FailedStart[] = [];
  private readonly settling = new Settling(this.troubles);
  private readonly bySubject = new Map<string, FamilyHistory[]>();
  private readonly endings: { subject: string; revocation: Revocation }[] = [];

  constructor(private readonly clock: CampaignClock) {}

  get epoch(): number {
    return this.clock.epoch;
  }

  begin(family: FamilyHistory): void {
    this.families.push(family);
    this.siblingsOf(family.subject).push(family);
    // A logout everywhere that was under way when the login was sent may have ended it.
    const { subject, login } = family;
    for (const ending of this.endings) {
      if (ending.subject === subject && this.settling.by(ending.revocation) >= login.sent) this.revoked(family, ending.revocation);
    }
  }

  /** One family of a subject shall end, or all of them. */
  endAll(subject: string, revocation: Revocation): void {
    this.endings.push({ subject, revocation });
    for (const family of this.siblingsOf(subject)) this.revoked(family, revocation);
  }

  /** Runs `work` in a time of trouble. */
  async trouble<T>(trouble: Pick<Trouble, 'kind' | 'node'>, work: () => Promise<T>): Promise<T> {
    const entry: Trouble = { ...trouble, from: this.clock.now(), to: Infinity };
    this.troubles.push(entry);
    try {
      return await work();
    } finally {
      entry.to = this.clock.now() + 1;
    }
  }

  /** Something went wrong just now, and was over at once. */
  moment(kind: Trouble['kind']): void {
    const now = this.clock.now();
    this.troubles.push({ kind, from: now, to: now + 1 });
  }

  private revoked({ login, revocations }: FamilyHistory, revocation: Revocation): void {
    revocations.push({ ...revocation, raced: (revocation.firstSent ?? revocation.sent) <= login.ended });
  }

  private siblingsOf(subject: string): FamilyHistory[] {
    const siblings = this.bySubject.get(subject) ?? [];
    this.bySubject.set(subject, siblings);
    return siblings;
  }
}
