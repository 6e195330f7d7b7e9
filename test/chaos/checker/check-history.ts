import type { DatabaseContent, History } from '../history/records';
import { CLOCK_SKEW_MS } from '../settings';
import { checkAccess } from './check-access';
import { checkCalls } from './check-calls';
import { checkRefusals } from './check-refusals';
import { checkRow } from './check-row';
import { checkStrangers } from './check-strangers';
import { checkTokens } from './check-tokens';
import { FamilyCase } from './family-case';
import type { Violation } from './rules';
import { ServerClock } from './server-clock';
import type { Limits } from './timeline';

/** Proves the invariants from what clients saw and what the database holds in the end. Pure: same arguments, same violations. */
export function checkHistory(history: History, content: DatabaseContent, limits: Limits): Violation[] {
  const clock = new ServerClock(history.epoch, history.jumps, CLOCK_SKEW_MS);
  const rows = new Map(content.rows.map((row) => [row.id, row]));
  const cases = history.families.map((family) => new FamilyCase(family, rows.get(family.id) ?? null, clock, limits));
  const ofFamilies = cases.flatMap((subject) => [
    ...checkTokens(subject),
    ...checkRefusals(subject),
    ...checkAccess(subject),
    ...checkRow(subject, content),
  ]);
  return [...ofFamilies, ...checkStrangers(history, content), ...checkCalls(history)];
}
