import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { adminApi } from '../api/admin-api';
import { go, href, useRoute } from '../app/router';
import { EmptyState } from '../common/empty-state';
import { ErrorState } from '../common/error-state';
import { FilterBar } from '../common/filter-bar';
import { readFilters } from '../common/filter-fields';
import { formatNumber } from '../common/format';
import { ListSkeleton } from '../common/list-skeleton';
import { ListStatus } from '../common/list-status';
import { PageHeader } from '../common/page-header';
import { Pager } from '../common/pager';
import { saveCsv } from '../common/save-csv';
import { useCursorPage, type CursorPage } from '../common/use-cursor-page';
import type { AuditEvent } from '../api/types';
import { useSettings } from '../settings/use-settings';
import { EVENT_FIELDS } from './event-filters';
import { EventList } from './event-list';

export function AuditPage() {
  const { exportLimit } = useSettings();
  const { query } = useRoute();
  const filters = readFilters(EVENT_FIELDS, query);
  const list = useCursorPage({
    name: 'events',
    filters,
    cursor: query.get('cursor') ?? undefined,
    direction: query.get('dir') === 'prev' ? 'prev' : 'next',
    list: adminApi.listEvents,
  });
  return (
    <>
      <PageHeader title="Audit" documentTitle="Audit">
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          title={`The events that match the filters, at most ${formatNumber(exportLimit)} rows`}
          onClick={() => void saveCsv('refresh-key-events', () => adminApi.exportEvents(filters))}
        >
          Export CSV
        </Button>
      </PageHeader>
      <FilterBar fields={EVENT_FIELDS} filters={filters} onChange={(next) => go(href(['audit'], next))} />
      <ListStatus list={list} one="event" />
      <Events list={list} isFiltered={Object.keys(filters).length > 0} />
      <Pager
        page={list.page}
        onGo={({ cursor, direction }) => go(href(['audit'], { ...filters, cursor, dir: direction === 'prev' ? 'prev' : '' }))}
      />
    </>
  );
}

function Events({ list, isFiltered }: { list: CursorPage<AuditEvent>; isFiltered: boolean }) {
  if (list.error && !list.page) return <ErrorState error={list.error} title="The events could not be loaded" onRetry={list.refetch} />;
  if (list.rows.length > 0) return <EventList events={list.rows} />;
  if (list.isLoading || list.isSearching) return <ListSkeleton />;
  if (isFiltered) return <EmptyState title="No event matches">Remove a filter, or widen its dates.</EmptyState>;
  return <EmptyState title="No events yet">Logins, refreshes and revocations appear here when the audit log is on.</EmptyState>;
}
