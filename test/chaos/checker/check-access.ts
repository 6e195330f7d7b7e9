import { isUnknown, type Use } from '../history/records';
import { isRobbed } from './deaths';
import type { FamilyCase } from './family-case';
import { mayBePastEnd } from './lifetime';
import { isOutwaited } from './outwaited';
import type { Violation } from './rules';

/** Access tokens live as long as their family, and no longer. */
export function* checkAccess(subject: FamilyCase): Iterable<Violation> {
  for (const use of subject.family.uses) {
    if (use.answer === 'done') yield* checkAccepted(subject, use);
    else if (!isUnknown(use.answer) && !canBeRefused(subject, use)) {
      yield subject.violation('unfair-refusal', `an access token of generation ${use.generation}, sent at ${use.sent}, was answered ${use.answer}`);
    }
  }
}

function* checkAccepted(subject: FamilyCase, use: Use): Iterable<Violation> {
  const { family, deaths, clock, limits } = subject;
  const what = `an access token of generation ${use.generation}, sent at ${use.sent},`;
  if (use.sent > deaths.certainFrom + limits.revocationBound) {
    yield subject.violation('access-outlives', `${what} was accepted; the family was dead at ${deaths.certainFrom}`);
  }
  if (clock.earliest(use.sent) >= use.accessUntil) yield subject.violation('access-past-end', `${what} was accepted`);
  if (use.claims?.sub !== family.subject || use.claims.sid !== family.id)
    yield subject.violation('identity', `${what} was taken for somebody else's`);
}

function canBeRefused(subject: FamilyCase, use: Use): boolean {
  const { deaths, clock, family } = subject;
  if (use.answer === 'access_token_expired') return clock.latest(use.sent, use.ended) >= use.accessUntil;
  if (use.answer !== 'access_token_revoked') return false;
  if (deaths.revocableFrom <= use.ended || mayBePastEnd(subject, use)) return true;
  return (isRobbed(family) || isOutwaited(subject)) && deaths.reusableFrom <= use.ended;
}
