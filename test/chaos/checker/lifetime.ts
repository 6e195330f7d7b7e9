import { type Call, mayHaveHappened, type Refresh } from '../history/records';
import type { FamilyCase } from './family-case';

/** Whether the family can have been past its idle or its absolute end when a request was judged. */
export function mayBePastEnd({ family, row, timeline, clock, circumstances }: FamilyCase, call: Call): boolean {
  const now = clock.latest(call.sent, circumstances.settling.by(call));
  const reached = timeline.reachedBefore(call.sent);
  const usedAt = clock.earliest(timeline.earliest(reached), timeline.latest(reached));
  return now >= usedAt + family.lifetime || (row !== null && now >= row.endsAt);
}

/** Whether it certainly was. */
export function isPastEnd(subject: FamilyCase, refresh: Refresh): boolean {
  const { family, row, timeline, clock } = subject;
  const now = clock.earliest(refresh.sent);
  if (row !== null && now >= row.endsAt) return true;
  const endsAfter = (use: number) => clock.latest(0, use) + family.lifetime;
  return now >= endsAfter(timeline.latest(refresh.presented)) && now >= endsAfter(lastUseBefore(subject, refresh));
}

/** The presented token, or its successor, was made by then at the latest. */
function lastUseBefore({ family, timeline, circumstances }: FamilyCase, refresh: Refresh): number {
  const rivals = family.refreshes.filter(
    (other) => other !== refresh && other.presented === refresh.presented && mayHaveHappened(other.answer) && other.sent <= refresh.ended,
  );
  return Math.max(timeline.latest(refresh.presented), ...rivals.map((rival) => Math.min(circumstances.settling.by(rival), refresh.ended)));
}
