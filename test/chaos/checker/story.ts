import type { Answer, DatabaseContent, Despair, FailedStart, FamilyHistory, History, Login, Refresh, Row, Trouble } from '../history/records';
import { checkHistory } from './check-history';
import type { Rule } from './rules';

export const GRACE = 20_000;
export const LIFETIME = 90_000;
export const BOUND = 1500;
const ABSOLUTE = 1_000_000;
const EPOCH = 1_700_000_000_000;
const ID = 'family';
const OWNER = 'alice';
const TAKES = 10;
const PAUSE = 100;

interface Told {
  answer?: Answer;
  /** What is handed out, where it is not the successor. */
  gets?: number;
  /** The process that was asked; the first unless told otherwise. */
  node?: number;
  print?: string;
  subject?: string;
  /** How long it took, milliseconds. */
  takes?: number;
}

/** A history of one family, written by hand: each request takes 10 ms, the next one is sent 100 ms later. */
export class Story {
  now = 0;
  readonly jumps: { from: number; to: number; shift: number }[] = [];
  readonly troubles: Trouble[] = [];
  readonly unansweredLogins: Login[] = [];
  readonly despairs: Despair[] = [];
  readonly failedStarts: FailedStart[] = [];
  oneWriter = false;
  private readonly family: FamilyHistory;

  constructor(kind: FamilyHistory['kind'] = 'session') {
    const login = { ...this.call({}), subject: OWNER, grant: kind === 'key' ? null : this.grant(0) };
    this.family = { id: ID, kind, subject: OWNER, lifetime: LIFETIME, login, refreshes: [], uses: [], revocations: [], refusals: [] };
  }

  wait(milliseconds: number): this {
    this.now += milliseconds;
    return this;
  }

  owner(presented: number, told: Told = {}): this {
    return this.present('owner', presented, told);
  }

  thief(presented: number, told: Told = {}): this {
    return this.present('thief', presented, told);
  }

  use(generation: number, { subject = OWNER, ...told }: Told & { accessUntil?: number } = {}): this {
    const claims = told.answer === undefined ? { sub: subject, sid: ID } : null;
    this.family.uses.push({ ...this.call(told), generation, accessUntil: EPOCH + (told.accessUntil ?? ABSOLUTE), claims });
    return this;
  }

  revoke(reason: string, { raced = false, ...told }: Told & { raced?: boolean } = {}): this {
    this.family.revocations.push({ ...this.call(told), reason, raced });
    return this;
  }

  /** A logout or a revocation was refused; `accessUntil` is null where a refresh token asked for it. */
  refused(answer: Answer, accessUntil: number | null = ABSOLUTE): this {
    const until = accessUntil === null ? null : EPOCH + accessUntil;
    this.family.refusals.push({ ...this.call({ answer }), what: 'a logout', accessUntil: until });
    return this;
  }

  /** The rules that are broken, if this is what the database holds in the end. */
  broken(row: Partial<Row> | null, content: Partial<DatabaseContent> = {}): Rule[] {
    const { jumps, troubles, unansweredLogins, despairs, failedStarts } = this;
    const history: History = { epoch: EPOCH, jumps, troubles, unansweredLogins, despairs, failedStarts, families: [this.family] };
    const rows = row === null ? [] : [{ ...this.usualRow(), ...row }];
    const violations = checkHistory(
      history,
      { rows, reusedEvents: row?.revokedReason === 'reuse' ? [ID] : [], rotatedTwice: [], ...content },
      { grace: GRACE, revocationBound: BOUND, absoluteLifetime: ABSOLUTE, oneWriter: this.oneWriter },
    );
    return [...new Set(violations.map(({ rule }) => rule))];
  }

  usualRow(): Row {
    const generation = this.family.refreshes.reduce((newest, { grant }) => Math.max(newest, grant?.generation ?? 0), 0);
    const endsAt = EPOCH + (this.family.kind === 'key' ? LIFETIME : ABSOLUTE);
    return {
      id: ID,
      kind: this.family.kind,
      subject: OWNER,
      generation,
      createdAt: EPOCH,
      expiresAt: EPOCH,
      endsAt,
      revokedAt: null,
      revokedReason: null,
    };
  }

  private present(holder: Refresh['holder'], presented: number, told: Told): this {
    const granted = told.answer === undefined;
    const grant = granted
      ? { ...this.grant(told.gets ?? presented + 1), ...(told.print && { print: told.print }), subject: told.subject ?? OWNER }
      : null;
    this.family.refreshes.push({ ...this.call(told), holder, presented, grant });
    return this;
  }

  private call({ answer = 'done', takes = TAKES, node = 0 }: Told) {
    const sent = this.now;
    this.now += takes + PAUSE;
    return { node, sent, ended: sent + takes, answer };
  }

  private grant(generation: number) {
    return { generation, print: `token ${generation}`, subject: OWNER, session: ID, accessUntil: EPOCH + ABSOLUTE };
  }
}
