import type { Refresh } from '../history/records';
import type { FamilyCase } from './family-case';

/**
 * Whether a client could not ask within the grace period because the database was away. Only what it asked before its session
 * was certainly over counts, and without the outage it would have been in time by far.
 */
export function isOutwaited(subject: FamilyCase): boolean {
  const { family, deaths, timeline } = subject;
  return family.refreshes.some(
    (refresh) => refresh.sent < deaths.certainFrom && timeline.isSpentTooLong(refresh, refresh.ended) && isForTheOutage(subject, refresh),
  );
}

function isForTheOutage({ timeline, circumstances }: FamilyCase, refresh: Refresh): boolean {
  const { outages, limits } = circumstances;
  const covered = outages.covered(timeline.earliest(refresh.presented + 1), refresh.ended);
  return timeline.longestSpent(refresh, refresh.ended) - covered <= limits.grace / 2;
}
