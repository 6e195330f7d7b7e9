import { type FamilyHistory, type Instant, isUnknown, mayHaveHappened, type Refresh, type Revocation } from '../history/records';
import type { Timeline } from './timeline';

const DEAD: readonly string[] = ['refresh_token_reused', 'refresh_token_revoked'];

/** When a family can have ended, and when it certainly had. */
export class Deaths {
  /** From here on a logout or an administrator may have ended it. */
  readonly revocableFrom: Instant;
  /** From here on a reuse may have been noticed. */
  readonly reusableFrom: Instant;
  /** It had ended: somebody was told so. */
  readonly certainFrom: Instant;
  readonly possibleRevocations: readonly Revocation[];

  constructor(private readonly timeline: Timeline) {
    const { family } = timeline;
    this.possibleRevocations = family.revocations.filter(({ answer }) => mayHaveHappened(answer));
    this.revocableFrom = first(this.possibleRevocations, 'sent');
    this.certainFrom = Math.min(first(family.revocations.filter(isDone), 'ended'), first(family.refreshes.filter(tellsOfDeath), 'ended'));
    this.reusableFrom = first(family.refreshes.filter((refresh) => this.mayHaveBeenNoticed(refresh)), 'sent'); // prettier-ignore
  }

  mayBeOverBy(instant: Instant): boolean {
    return Math.min(this.revocableFrom, this.reusableFrom) <= instant;
  }

  /** What was sent when the family was over did not end it. */
  private mayHaveBeenNoticed(refresh: Refresh): boolean {
    if (refresh.sent > this.certainFrom) return false;
    return (refresh.answer === 'refresh_token_reused' || isUnknown(refresh.answer)) && this.timeline.mayBeReuse(refresh);
  }
}

export const isRobbed = ({ refreshes }: FamilyHistory): boolean => refreshes.some(({ holder }) => holder === 'thief');

const isDone = ({ answer, raced }: Revocation): boolean => answer === 'done' && !raced;
const tellsOfDeath = ({ answer }: Refresh): boolean => DEAD.includes(answer);

function first<Moment extends 'sent' | 'ended'>(calls: readonly Record<Moment, Instant>[], moment: Moment): Instant {
  return calls.reduce((earliest, call) => Math.min(earliest, call[moment]), Infinity);
}
