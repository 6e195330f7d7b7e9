import { lazy, Suspense } from 'react';
import { AuditPage } from '../audit/audit-page';
import { EmptyState } from '../common/empty-state';
import { PageHeader } from '../common/page-header';
import { KeysPage } from '../keys/keys-page';
import { SettingsPage } from '../settings/settings-page';
import { SubjectPage } from '../subject/subject-page';
import { PageLoading } from './page-loading';
import { useRoute } from './router';
import { Shell } from './shell';

// Charts are the heaviest part, and no other page needs them.
const OverviewPage = lazy(() => import('../overview/overview-page'));

export default function Pages() {
  return (
    <Shell>
      <Suspense fallback={<PageLoading />}>
        <CurrentPage />
      </Suspense>
    </Shell>
  );
}

function CurrentPage() {
  const { path } = useRoute();
  const [page = '', id] = path;
  if (page === '') return <OverviewPage />;
  if (page === 'keys') return <KeysPage openId={id} />;
  if (page === 'subjects' && id) return <SubjectPage key={id} subject={id} />;
  if (page === 'audit') return <AuditPage />;
  if (page === 'settings') return <SettingsPage />;
  return (
    <>
      <PageHeader title="Page not found" documentTitle="Page not found" />
      <EmptyState title="There is no such page">
        Go to the <a href="#/">overview</a>.
      </EmptyState>
    </>
  );
}
