import { Button } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useState } from 'react';
import { adminApi } from '../api/admin-api';
import type { KeyRow, RevokeFilter } from '../api/types';
import { go, href } from '../app/router';
import { ListStatus } from '../common/list-status';
import { PageHeader } from '../common/page-header';
import { Pager, type Place } from '../common/pager';
import { UserText } from '../common/user-text';
import { useCursorPage } from '../common/use-cursor-page';
import { BulkRevokeDialog } from '../keys/bulk-revoke-dialog';
import { KeyList } from '../keys/key-list';
import { KeyListBody } from '../keys/key-list-body';
import { useSettings } from '../settings/use-settings';
import { SignOutOthersDialog } from './sign-out-others-dialog';

/** All sessions and keys of one user. */
export function SubjectPage({ subject }: { subject: string }) {
  const { readOnly } = useSettings();
  const [place, setPlace] = useState<Place>({ direction: 'next' });
  const list = useCursorPage({ name: 'keys', filters: { subject, sort: 'lastUsed', order: 'desc' }, ...place, list: adminApi.listKeys });
  const active = list.rows.filter(({ status }) => status === 'active');
  const title = (
    <>
      Subject <UserText>{subject}</UserText>
    </>
  );
  return (
    <>
      <PageHeader title={title} documentTitle="Subject">
        <Button variant="default" onClick={() => go(href(['audit'], { subject }))}>
          Audit of this subject
        </Button>
        {!readOnly && active.length > 0 && <SignOutActions subject={subject} active={active} />}
      </PageHeader>
      <ListStatus list={list} one="key" />
      <KeyListBody list={list} isFiltered>
        <KeyList rows={list.rows} hidden={['audience']} keyHref={(id) => href(['keys', id], { subject })} />
      </KeyListBody>
      <Pager page={list.page} onGo={setPlace} />
    </>
  );
}

function SignOutActions({ subject, active }: { subject: string; active: KeyRow[] }) {
  const [intention, setIntention] = useState<{ filter: RevokeFilter; title: string } | null>(null);
  const [choosing, setChoosing] = useState(false);
  const signOutOthers = (exceptId: string) => {
    setChoosing(false);
    setIntention({ filter: { subject, exceptId, status: 'active' }, title: 'Sign out all others' });
  };
  return (
    <>
      {active.length > 1 && (
        <Button variant="default" onClick={() => setChoosing(true)}>
          Sign out others…
        </Button>
      )}
      <Button
        color="red"
        variant="outline"
        leftSection={<IconLogout size={16} aria-hidden />}
        onClick={() => setIntention({ filter: { subject, status: 'active' }, title: 'Sign out everywhere' })}
      >
        Sign out everywhere…
      </Button>
      <SignOutOthersDialog opened={choosing} active={active} onClose={() => setChoosing(false)} onChosen={signOutOthers} />
      <BulkRevokeDialog intention={intention} onClose={() => setIntention(null)} />
    </>
  );
}
