import type { Stats } from '../api/types';
import { formatNumber } from '../common/format';
import type { Line } from './charts';

const RANGES = { '24h': 'In the last 24 hours', '7d': 'In the last 7 days', '30d': 'In the last 30 days' };
const hour = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** What the chart shows, for those who cannot see it or do not want to read it off. */
export function summarize(lines: Line[], { range, series, tiles, bucketSeconds }: Stats): string {
  const counts = lines.map(({ name, label }) => `${formatNumber(tiles[name])} ${label.toLowerCase()}`).join(', ');
  const total = (bucket: Stats['series'][number]): number => lines.reduce((sum, { name }) => sum + bucket[name], 0);
  const busiest = series.reduce<Stats['series'][number] | null>((best, bucket) => (best && total(best) >= total(bucket) ? best : bucket), null);
  if (!busiest || total(busiest) === 0) return `${RANGES[range]}: ${counts}.`;
  const at = (bucketSeconds < 86_400 ? hour : day).format(new Date(busiest.at));
  return `${RANGES[range]}: ${counts}. Busiest: ${at}, with ${formatNumber(total(busiest))}.`;
}
