import type { NewKey } from '../api/types';
import { formatDuration } from '../common/format';

export const UNITS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

export const LIFETIMES: readonly (readonly [seconds: number, label: string])[] = [
  [3_600, '1 h'],
  [86_400, '1 d'],
  [2_592_000, '30 d'],
  [7_776_000, '90 d'],
  [31_536_000, '1 y'],
];

export interface KeyDraft {
  audience: string;
  /** Seconds of a preset, or 'custom'. */
  preset: string;
  amount: string;
  unit: Unit;
  subject: string;
  label: string;
  claims: string;
  rotates: boolean;
}

export type Problems = Partial<Record<keyof KeyDraft, string>>;

const lifetimeOf = ({ preset, amount, unit }: KeyDraft): number => (preset === 'custom' ? Number(amount) * UNITS[unit] : Number(preset));

/** The claims as an object; undefined when there are none, null when it is no JSON object. */
function parseClaims(text: string): Record<string, unknown> | undefined | null {
  if (!text.trim()) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What the API takes: 68 years. */
const LONGEST_LIFETIME = 2 ** 31 - 1;

export function problemsOf(draft: KeyDraft): Problems {
  const problems: Problems = {};
  const lifetime = lifetimeOf(draft);
  if (!draft.audience.trim()) problems.audience = 'Say who the token is for.';
  if (!Number.isInteger(lifetime) || lifetime <= 0) problems.amount = 'A whole number greater than 0.';
  else if (lifetime > LONGEST_LIFETIME) problems.amount = `The longest allowed is ${formatDuration(LONGEST_LIFETIME)}.`;
  if (parseClaims(draft.claims) === null) problems.claims = 'Not a JSON object, as in {"email": "a@example.org"}.';
  return problems;
}

export function keyOf(draft: KeyDraft): NewKey {
  return {
    audience: draft.audience.trim(),
    lifetime: lifetimeOf(draft),
    subject: draft.subject.trim() || undefined,
    label: draft.label.trim() || undefined,
    content: parseClaims(draft.claims) ?? undefined,
    rotates: draft.rotates,
  };
}
