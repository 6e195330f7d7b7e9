import type { Refusal } from '../history/records';
import type { FamilyCase } from './family-case';
import { mayBePastEnd } from './lifetime';
import type { Violation } from './rules';

/** How a family that is over answers a logout or a revocation, by the token that asks. */
const OVER = {
  access: ['access_token_revoked', 'session_not_found'],
  refresh: ['refresh_token_revoked', 'refresh_token_reused', 'refresh_token_expired'],
};

/** A logout or a revocation is refused for what its token is, and for nothing else. */
export function* checkEndings(subject: FamilyCase): Iterable<Violation> {
  for (const refusal of subject.family.refusals) {
    const { what, answer, sent } = refusal;
    if (!canBeRefused(subject, refusal)) yield subject.violation('unfair-refusal', `${what}, sent at ${sent}, was answered ${answer}`);
  }
}

function canBeRefused(subject: FamilyCase, refusal: Refusal): boolean {
  const { answer, accessUntil, sent, ended } = refusal;
  if (answer === 'access_token_expired') return accessUntil !== null && subject.clock.latest(sent, ended) >= accessUntil;
  return OVER[accessUntil === null ? 'refresh' : 'access'].includes(answer) && mayBeOver(subject, refusal);
}

function mayBeOver(subject: FamilyCase, refusal: Refusal): boolean {
  return subject.deaths.mayBeOverBy(refusal.ended) || mayBePastEnd(subject, refusal);
}
