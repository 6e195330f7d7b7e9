import { SegmentedControl, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { adminApi } from '../api/admin-api';
import type { Range } from '../api/types';
import { ErrorState } from '../common/error-state';
import { PageHeader } from '../common/page-header';
import { Charts } from './charts';
import { LatestAlerts } from './latest-alerts';
import classes from './overview.module.css';
import { Tiles } from './tiles';

const POLL_MS = 15_000;
const RANGES: { value: Range; label: string }[] = [
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
];

const useStats = (range: Range) =>
  useQuery({ queryKey: ['stats', range], queryFn: ({ signal }) => adminApi.getStats(range, signal), refetchInterval: POLL_MS });

export default function OverviewPage() {
  const [range, setRange] = useState<Range>('24h');
  const today = useStats('24h');
  const stats = useStats(range);
  return (
    <>
      <PageHeader title="Overview" documentTitle="Overview" />
      {today.error && !today.data ? (
        <ErrorState error={today.error} title="The numbers could not be loaded" onRetry={() => void today.refetch()} />
      ) : (
        <Tiles stats={today.data} />
      )}
      <SegmentedControl
        className={classes.range}
        aria-label="Range of the charts"
        data={RANGES}
        value={range}
        onChange={(value) => setRange(value)}
      />
      {stats.data && <Charts stats={stats.data} />}
      {stats.isPending && <Skeleton height={300} />}
      {stats.error && !stats.data && range !== '24h' && (
        <ErrorState error={stats.error} title="The charts could not be loaded" onRetry={() => void stats.refetch()} />
      )}
      <LatestAlerts />
    </>
  );
}
