import type { DatabaseContent, History } from '../history/records';
import { checkAccess } from './check-access';
import { checkCalls } from './check-calls';
import { checkEfforts } from './check-efforts';
import { checkEndings } from './check-endings';
import { checkRecovery } from './check-recovery';
import { checkRefusals } from './check-refusals';
import { checkRow } from './check-row';
import { checkStrangers } from './check-strangers';
import { checkTokens } from './check-tokens';
import { Circumstances, type Limits } from './circumstances';
import { FamilyCase } from './family-case';
import type { Violation } from './rules';

/** Proves the invariants from what clients saw and what the database holds in the end. Pure: same arguments, same violations. */
export function checkHistory(history: History, content: DatabaseContent, limits: Limits): Violation[] {
  const circumstances = new Circumstances(history, limits);
  const rows = new Map(content.rows.map((row) => [row.id, row]));
  const cases = history.families.map((family) => new FamilyCase(family, rows.get(family.id) ?? null, circumstances));
  const ofFamilies = cases.flatMap((subject) => [
    ...checkTokens(subject),
    ...checkRefusals(subject),
    ...checkAccess(subject),
    ...checkEndings(subject),
    ...checkRow(subject, content),
  ]);
  return [
    ...ofFamilies,
    ...checkStrangers(history, content),
    ...checkCalls(history, circumstances),
    ...checkRecovery(history),
    ...checkEfforts(history, circumstances),
  ];
}
