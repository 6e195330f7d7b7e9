import type { ValueTransformer } from 'typeorm';

type Nullable<T> = T | null;

/** `Date` ↔ milliseconds since 1970. Drivers give a bigint as text or number; both are exact here until the year 287396. */
export const instant: ValueTransformer = {
  to: (value: Nullable<Date>) => value?.getTime() ?? null,
  from: (value: Nullable<string | number>) => (value === null || value === undefined ? null : new Date(Number(value))),
};

/** Like {@link instant}, but null is kept as 0, so that an index has a place for it that is the same on every database. */
export const instantOrNever: ValueTransformer = {
  to: (value: Nullable<Date>) => value?.getTime() ?? 0,
  from: (value: string | number) => (Number(value) === 0 ? null : new Date(Number(value))),
};

/** A UUID ↔ its 16 bytes, which are in the same order as its text and less than half as long: every index holds them again. */
export const uuidBytes: ValueTransformer = {
  to: (value: Nullable<string>) => value && Buffer.from(value.replaceAll('-', ''), 'hex'),
  from: (value: Nullable<Buffer>) => value && withHyphens(value.toString('hex')),
};

function withHyphens(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** base64url ↔ the bytes it stands for. */
export const base64urlBytes: ValueTransformer = {
  to: (value: Nullable<string>) => value && Buffer.from(value, 'base64url'),
  from: (value: Nullable<Buffer>) => value && value.toString('base64url'),
};

/** A bigint that fits a number; some drivers give it as text. */
export const integer: ValueTransformer = { to: (value: number) => value, from: (value: string | number) => Number(value) };

/** Any JSON value ↔ text, so that member order, numbers and Unicode come back equal from every database. */
export const json: ValueTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)),
  from: (value: Nullable<string>) => (value === null || value === undefined ? null : (JSON.parse(value) as unknown)),
};
