import type { Grant, Refresh } from '../history/records';
import type { FamilyCase } from './family-case';
import { isPastEnd } from './lifetime';
import type { Violation } from './rules';

/** Everything about tokens that were handed out. */
export function* checkTokens(subject: FamilyCase): Iterable<Violation> {
  const { family } = subject;
  yield* checkStrings(subject);
  for (const refresh of family.refreshes) {
    if (refresh.grant) yield* checkGranted(subject, refresh, refresh.grant);
  }
}

function* checkStrings(subject: FamilyCase): Iterable<Violation> {
  const { login, refreshes, id, subject: owner } = subject.family;
  const prints = new Map<number, string>();
  for (const { grant } of [login, ...refreshes]) {
    if (!grant) continue;
    const known = prints.get(grant.generation) ?? grant.print;
    prints.set(grant.generation, known);
    if (known !== grant.print) yield subject.violation('one-token', `generation ${grant.generation} has two tokens`);
    if (grant.session !== id || grant.subject !== owner) {
      yield subject.violation('identity', `a token of ${grant.subject}, session ${grant.session}, was given to ${owner}`);
    }
  }
}

function* checkGranted(subject: FamilyCase, refresh: Refresh, grant: Grant): Iterable<Violation> {
  const { timeline, deaths } = subject;
  const what = `generation ${refresh.presented}, sent at ${refresh.sent},`;
  if (grant.generation !== refresh.presented + 1) yield subject.violation('only-current-advances', `${what} became ${grant.generation}`);
  if (timeline.isReuse(refresh)) yield subject.violation('missed-theft', `${what} was accepted`);
  if (deaths.certainFrom < refresh.sent) yield subject.violation('zombie', `${what} was accepted; the family was dead at ${deaths.certainFrom}`);
  if (isPastEnd(subject, refresh)) yield subject.violation('past-end', `${what} was accepted`);
}
