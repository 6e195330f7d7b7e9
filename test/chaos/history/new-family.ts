import type { FamilyHistory } from './records';

/** A family to which nothing has been done yet. */
export function newFamily(family: Pick<FamilyHistory, 'id' | 'kind' | 'subject' | 'lifetime' | 'login'>): FamilyHistory {
  return { ...family, refreshes: [], uses: [], revocations: [], refusals: [] };
}
