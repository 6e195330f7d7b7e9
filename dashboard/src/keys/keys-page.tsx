import { Button } from '@mantine/core';
import { IconDownload, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { adminApi } from '../api/admin-api';
import { FilterBar } from '../common/filter-bar';
import { formatNumber } from '../common/format';
import { ListStatus } from '../common/list-status';
import { PageHeader } from '../common/page-header';
import { Pager } from '../common/pager';
import { saveCsv } from '../common/save-csv';
import { useCursorPage } from '../common/use-cursor-page';
import { useSettings } from '../settings/use-settings';
import { BulkActions } from './bulk-actions';
import { ColumnPicker } from './column-picker';
import { KeyDrawer } from './key-drawer';
import { KEY_FIELDS } from './key-filters';
import { KeyList } from './key-list';
import { KeyListBody } from './key-list-body';
import classes from './keys-page.module.css';
import { NewKeyDialog } from './new-key-dialog';
import { SearchBox } from './search-box';
import { useSelection } from './selection';
import { useHiddenColumns } from './use-hidden-columns';
import { useListAddress } from './use-list-address';

export function KeysPage({ openId }: { openId: string | undefined }) {
  const { readOnly } = useSettings();
  const address = useListAddress();
  const { filters, sorting, place } = address;
  const list = useCursorPage({ name: 'keys', filters: { ...filters, ...sorting }, ...place, list: adminApi.listKeys });
  const selection = useSelection(list.rows);
  const { hidden, toggle } = useHiddenColumns();
  return (
    <>
      <KeysHeader filters={filters} canCreate={!readOnly} openKey={address.openKey} />
      <div className={classes.controls}>
        <SearchBox address={address} />
        <FilterBar fields={KEY_FIELDS} filters={filters} onChange={address.setFilters} />
        <ColumnPicker hidden={hidden} onToggle={toggle} />
      </div>
      <div className={classes.status}>
        <ListStatus list={list} one="key" />
        {!readOnly && list.rows.length > 0 && <BulkActions selection={selection} filters={filters} />}
      </div>
      <KeyListBody list={list} isFiltered={Object.keys(filters).length > 0} onClearFilters={() => address.setFilters({})}>
        <KeyList
          rows={list.rows}
          hidden={hidden}
          keyHref={address.keyHref}
          sorting={sorting}
          onSort={address.setSorting}
          selection={readOnly ? undefined : selection}
        />
      </KeyListBody>
      <Pager page={list.page} newestFirst={sorting.order === 'desc'} onGo={address.setPlace} />
      <KeyDrawer id={openId} onClose={address.closeKey} />
    </>
  );
}

interface KeysHeaderProps {
  filters: Record<string, string>;
  canCreate: boolean;
  openKey: (id: string) => void;
}

function KeysHeader({ filters, canCreate, openKey }: KeysHeaderProps) {
  const { exportLimit } = useSettings();
  const [creating, setCreating] = useState(false);
  return (
    <PageHeader title="Refresh keys" documentTitle="Keys">
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        title={`The keys that match the filters, at most ${formatNumber(exportLimit)} rows`}
        onClick={() => void saveCsv('refresh-keys', () => adminApi.exportKeys(filters))}
      >
        Export CSV
      </Button>
      {canCreate && (
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setCreating(true)}>
          New key
        </Button>
      )}
      {canCreate && <NewKeyDialog opened={creating} onClose={() => setCreating(false)} onOpenKey={openKey} />}
    </PageHeader>
  );
}
