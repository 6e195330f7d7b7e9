import type { FamilyHistory } from '../history/records';

/** A family's history, one line for each request, in the order of sending. */
export function describeFamily(family: FamilyHistory | undefined): string[] {
  if (!family) return [];
  const { id, kind, subject, login, refreshes, uses, revocations } = family;
  const lines = [
    { ...login, what: `login of ${subject}` },
    ...refreshes.map((refresh) => ({
      ...refresh,
      what: `${refresh.holder} presents ${refresh.presented}, gets ${refresh.grant?.generation ?? 'none'}`,
    })),
    ...uses.map((use) => ({ ...use, what: `access token of ${use.generation}` })),
    ...revocations.map((revocation) => ({ ...revocation, what: `revocation: ${revocation.reason}` })),
  ].sort((a, b) => a.sent - b.sent);
  return [
    `${kind} ${id}`,
    ...lines.map(
      ({ sent, ended, node, what, answer, dropped }) => `${sent}–${ended} process ${node}: ${what}: ${answer}${dropped ? ' (dropped)' : ''}`,
    ),
  ];
}
