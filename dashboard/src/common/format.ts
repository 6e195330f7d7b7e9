import type { Total } from '../api/types';

const UNITS = [
  { name: 'd', long: 'day', seconds: 86_400 },
  { name: 'h', long: 'hour', seconds: 3_600 },
  { name: 'min', long: 'minute', seconds: 60 },
  { name: 's', long: 'second', seconds: 1 },
] as const;

const number = new Intl.NumberFormat('en');

export const formatNumber = (value: number): string => number.format(value);
export const formatTotal = ({ value, capped }: Total): string => formatNumber(value) + (capped ? '+' : '');
export const plural = (count: number, one: string, many = `${one}s`): string => `${formatNumber(count)} ${count === 1 ? one : many}`;

/** 5400 → "1 hour 30 minutes"; at most two units, whole numbers. */
export function formatDuration(seconds: number): string {
  const index = UNITS.findIndex((unit) => Math.abs(seconds) >= unit.seconds);
  const unit = UNITS[index];
  if (!unit) return seconds === 0 ? '0 seconds' : `${seconds} seconds`;
  const count = Math.floor(seconds / unit.seconds);
  const next = UNITS[index + 1];
  const rest = next ? Math.floor((seconds - count * unit.seconds) / next.seconds) : 0;
  return plural(count, unit.long) + (next && rest > 0 ? ` ${plural(rest, next.long)}` : '');
}

/** "5 min ago", "in 3 d". */
export function formatRelative(instant: string, now: number): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 10) return 'just now';
  const unit = UNITS.find((candidate) => distance >= candidate.seconds) ?? UNITS[3];
  const text = `${formatNumber(Math.round(distance / unit.seconds))} ${unit.name}`;
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

const formatUtc = (instant: string): string => instant.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
export const formatLocal = (instant: string): string => local.format(new Date(instant));
export const formatExact = (instant: string): string => `${formatUtc(instant)}\n${formatLocal(instant)} here`;
