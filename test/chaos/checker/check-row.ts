import type { DatabaseContent, Row } from '../history/records';
import type { FamilyCase } from './family-case';
import type { Violation } from './rules';

/** What the database holds in the end must be what the answers said. */
export function* checkRow(subject: FamilyCase, content: DatabaseContent): Iterable<Violation> {
  const { row } = subject;
  if (!row) {
    yield subject.violation('lost-commit', 'an acknowledged login has no row');
    return;
  }
  yield* checkGeneration(subject, row);
  yield* checkRevocation(subject, row);
  yield* checkEnd(subject, row);
  yield* checkEvents(subject, row, content);
}

function* checkGeneration(subject: FamilyCase, { generation }: Row): Iterable<Violation> {
  const { newest, newestPossible } = subject.timeline;
  if (generation < newest) yield subject.violation('lost-commit', `generation ${newest} was given out, but the row has ${generation}`);
  if (generation > newestPossible) yield subject.violation('unasked-change', `the row has generation ${generation}, nobody asked for it`);
}

function* checkRevocation(subject: FamilyCase, { revokedAt, revokedReason }: Row): Iterable<Violation> {
  const { deaths } = subject;
  if (revokedAt === null) {
    if (deaths.certainFrom < Infinity) yield subject.violation('lost-commit', `it was dead at ${deaths.certainFrom}, but the row is not revoked`);
    return;
  }
  const asked = deaths.possibleRevocations.some(({ reason }) => reason === revokedReason);
  const reused = revokedReason === 'reuse' && deaths.reusableFrom < Infinity;
  if (!asked && !reused) yield subject.violation('unasked-change', `the row is revoked for ${revokedReason}, nobody asked for it`);
}

function* checkEnd(subject: FamilyCase, { kind, subject: owner, createdAt, expiresAt, endsAt }: Row): Iterable<Violation> {
  const { family, limits } = subject;
  const lifetime = family.kind === 'key' ? family.lifetime : limits.absoluteLifetime;
  if (endsAt - createdAt !== lifetime || expiresAt > endsAt)
    yield subject.violation('moved-end', `created ${createdAt}, idle end ${expiresAt}, end ${endsAt}`);
  if (owner !== family.subject || kind !== family.kind) yield subject.violation('identity', `the row is a ${kind} of ${owner}`);
}

function* checkEvents(subject: FamilyCase, { revokedReason }: Row, { reusedEvents, rotatedTwice }: DatabaseContent): Iterable<Violation> {
  const { id } = subject.family;
  const events = reusedEvents.filter((family) => family === id).length;
  if (events !== (revokedReason === 'reuse' ? 1 : 0)) {
    yield subject.violation('one-reuse-event', `revoked for ${revokedReason}, with ${events} events of a reuse`);
  }
  for (const { generation } of rotatedTwice.filter((twice) => twice.id === id)) {
    yield subject.violation('one-commit', `generation ${generation} was made more than once`);
  }
}
