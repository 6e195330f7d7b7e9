import type { Call, Trouble } from '../history/records';
import { isStop } from '../history/settling';
import { RECOVERY_MS, SLOWEST_ANSWER_MS, STATEMENT_MS } from '../settings';
import type { Circumstances } from './circumstances';

type Kind = Trouble['kind'];

/** The moments of the faults themselves are measured from outside. */
export const INACCURACY_MS = 150;
/** How long a trouble is felt after it. */
const FELT_FOR_MS: Record<Kind, number> = {
  database: RECOVERY_MS,
  cut: INACCURACY_MS,
  killed: STATEMENT_MS,
  paused: STATEMENT_MS,
  stutter: STATEMENT_MS,
};

/** Which requests a trouble excuses. */
export class Excuses {
  private readonly stops: readonly Trouble[];
  private readonly losses: readonly Trouble[];

  constructor(private readonly circumstances: Circumstances) {
    this.stops = circumstances.troubles.filter(isStop).sort((a, b) => a.from - b.from);
    this.losses = [...this.stops, ...circumstances.troubles.filter(({ kind }) => kind === 'killed')];
  }

  isSlow(call: Call): boolean {
    return this.runningTime(call) > SLOWEST_ANSWER_MS;
  }

  /** How long a request took while its process, and the campaign itself, was running. */
  runningTime(call: Call): number {
    const stretches = this.stops.filter((stop) => isOf(stop, call) && overlaps(stop, call));
    let done = call.sent;
    let running = 0;
    for (const { from, to } of stretches) {
      running += Math.max(0, from - INACCURACY_MS - done);
      done = Math.max(done, to + INACCURACY_MS);
    }
    return running + Math.max(0, call.ended - done);
  }

  /** Whether an answer can be missing: the process that was asked was killed, or stood still. */
  excuseLoss(call: Call): boolean {
    return this.losses.some((trouble) => isOf(trouble, call) && overlaps(trouble, call));
  }

  /** Whether a request can have failed. `siblings` are all those of its family. */
  excuseFailure(call: Call, siblings: readonly Call[]): boolean {
    return this.circumstances.troubles.some(
      (trouble) => overlaps(trouble, call, FELT_FOR_MS[trouble.kind]) && (isOf(trouble, call) || this.mayHoldLock(trouble, siblings)),
    );
  }

  /** A process that was at work on the family, or at any on SQLite, may have been stopped or killed with a lock in its hands. */
  private mayHoldLock(trouble: Trouble, siblings: readonly Call[]): boolean {
    const { limits, settling } = this.circumstances;
    if (limits.oneWriter && trouble.kind === 'paused') return true;
    const strike = { from: trouble.from, to: trouble.from };
    return siblings.some((sibling) => sibling.node === trouble.node && overlaps(strike, { sent: sibling.sent, ended: settling.by(sibling) }));
  }
}

/** Whether a trouble is about the process that was asked, or about none. */
function isOf({ node }: Trouble, call: Call): boolean {
  return node === undefined || node === call.node;
}

/** Whether a trouble was, or was still felt, while a request was under way. */
export function overlaps({ from, to }: Pick<Trouble, 'from' | 'to'>, { sent, ended }: Pick<Call, 'sent' | 'ended'>, after = INACCURACY_MS): boolean {
  return from <= ended + INACCURACY_MS && sent <= to + after;
}
