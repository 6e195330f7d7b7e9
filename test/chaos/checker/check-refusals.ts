import { isUnknown, type Refresh } from '../history/records';
import { isRobbed } from './deaths';
import type { FamilyCase } from './family-case';
import { mayBePastEnd } from './lifetime';
import { isOutwaited } from './outwaited';
import type { Violation } from './rules';

/** Every refusal of a genuine token needs a reason, and an honest client's needs a better one. */
export function* checkRefusals(subject: FamilyCase): Iterable<Violation> {
  const robbed = isRobbed(subject.family);
  for (const refresh of subject.family.refreshes) {
    const { answer, presented, sent } = refresh;
    if (answer === 'done' || isUnknown(answer)) continue;
    const what = `generation ${presented} of the ${refresh.holder}, sent at ${sent}, was answered ${answer}`;
    if (!canBe(subject, refresh)) yield subject.violation('unfair-refusal', what);
    else if (!robbed && isEndedForReuse(subject, refresh) && !isOutwaited(subject)) yield subject.violation('honest-refused', what);
  }
}

function canBe(subject: FamilyCase, refresh: Refresh): boolean {
  const { timeline, deaths } = subject;
  const { answer, presented, ended } = refresh;
  switch (answer) {
    case 'refresh_token_reused':
      return timeline.mayBeReuse(refresh) || (deaths.reusableFrom <= ended && timeline.earliest(presented + 1) <= ended);
    case 'refresh_token_revoked':
      return deaths.mayBeOverBy(ended);
    case 'refresh_token_expired':
      return mayBePastEnd(subject, refresh);
    default:
      return false;
  }
}

function isEndedForReuse({ deaths }: FamilyCase, { answer, ended }: Refresh): boolean {
  return answer !== 'refresh_token_expired' && deaths.revocableFrom > ended;
}
