import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconClockX, IconKey, IconRefresh, IconUsers, type Icon as TablerIcon } from '@tabler/icons-react';
import type { Stats } from '../api/types';
import { href } from '../app/router';
import { formatNumber, formatTotal } from '../common/format';
import { useNow } from '../common/now';
import classes from './overview.module.css';

const DAY_MS = 86_400_000;

interface Tile {
  label: string;
  value: string;
  Icon: TablerIcon;
  href: string;
  alarming?: boolean;
}

export function Tiles({ stats }: { stats: Stats | undefined }) {
  const now = useNow();
  if (!stats) return <Skeleton height={104} role="status" aria-label="Loading" />;
  return (
    <ul className={classes.tiles} aria-label="Right now">
      {tilesOf(stats, now).map(({ label, value, Icon, href: to, alarming }) => (
        <li key={label}>
          <a href={to} className={classes.tile} data-alarming={alarming}>
            <span className={classes.tileLabel}>
              <Icon size={17} aria-hidden />
              {label}
            </span>
            <span className={classes.tileValue}>{value}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function tilesOf({ tiles, from }: Stats, now: number): Tile[] {
  const since = { from };
  return [
    { label: 'Active keys', value: formatTotal(tiles.active), Icon: IconKey, href: href(['keys'], { status: 'active' }) },
    { label: 'Subjects', value: formatTotal(tiles.subjects), Icon: IconUsers, href: href(['keys'], { status: 'active' }) },
    {
      label: 'Refreshes, 24\u00a0h',
      value: formatNumber(tiles.rotated + tiles.retried),
      Icon: IconRefresh,
      href: href(['audit'], { type: 'refresh_token.rotated', ...since }),
    },
    {
      label: 'Reuse alerts, 24\u00a0h',
      value: formatNumber(tiles.reused),
      Icon: IconAlertTriangle,
      href: href(['audit'], { type: 'refresh_token.reused', ...since }),
      alarming: tiles.reused > 0,
    },
    {
      label: 'Expiring within 24\u00a0h',
      value: formatTotal(tiles.expiring),
      Icon: IconClockX,
      href: href(['keys'], { status: 'active', expiresTo: new Date(now + DAY_MS).toISOString(), sort: 'expiresAt', order: 'asc' }),
    },
  ];
}
