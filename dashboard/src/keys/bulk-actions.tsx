import { Button, Text } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useState } from 'react';
import type { RevokeFilter } from '../api/types';
import type { Filters } from '../common/filter-fields';
import { plural } from '../common/format';
import { BulkRevokeDialog } from './bulk-revoke-dialog';
import classes from './keys-page.module.css';
import type { Selection } from './selection';

interface BulkActionsProps {
  selection: Selection;
  filters: Filters;
}

interface Intention {
  filter: RevokeFilter;
  title: string;
}

/** Only active keys are meant, also where no filter says so: the API refuses an empty one. */
const allThatMatch = (filters: Filters): RevokeFilter => ({ ...filters, status: 'active' });

export function BulkActions({ selection, filters }: BulkActionsProps) {
  const [intention, setIntention] = useState<Intention | null>(null);
  const count = selection.ids.size;
  const isFiltered = Object.keys(filters).length > 0;
  const nothingToRevoke = filters.status === 'revoked' || filters.status === 'expired';
  return (
    <div className={classes.bulk} role="group" aria-label="Bulk actions">
      <Button
        size="xs"
        variant="default"
        disabled={count === 0}
        leftSection={<IconBan size={15} aria-hidden />}
        onClick={() => setIntention({ filter: { ids: [...selection.ids], status: 'active' }, title: `Revoke ${plural(count, 'selected key')}` })}
      >
        Revoke selected
      </Button>
      {isFiltered && !nothingToRevoke && (
        <Button
          size="xs"
          variant="default"
          onClick={() => setIntention({ filter: allThatMatch(filters), title: 'Revoke all active keys that match the filters' })}
        >
          Revoke all that match…
        </Button>
      )}
      {count > 0 && (
        <Text size="sm" role="status">
          {plural(count, 'key')} selected{' '}
          <Button size="compact-sm" variant="subtle" onClick={selection.clear}>
            Clear
          </Button>
        </Text>
      )}
      <BulkRevokeDialog intention={intention} onClose={() => setIntention(null)} onDone={selection.clear} />
    </div>
  );
}
