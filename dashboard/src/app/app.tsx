import { lazy, Suspense } from 'react';
import { Announcements } from '../common/announcements';
import { ExactTip } from '../common/exact-tip';
import { FreshLoginDialog } from '../session/fresh-login-dialog';
import { SignInPage } from '../session/sign-in-page';
import { useSessionStatus } from '../session/use-session';
import { AdminGate } from './admin-gate';
import { ErrorBoundary } from './error-boundary';
import { PageLoading } from './page-loading';

// The sign-in form is on screen while the pages still load.
const Pages = lazy(() => import('./pages'));

export function App() {
  const status = useSessionStatus();
  return (
    <ErrorBoundary>
      {status === 'unknown' && <PageLoading />}
      {status === 'signed-out' && <SignInPage preload={() => void import('./pages')} />}
      {status === 'signed-in' && (
        <Suspense fallback={<PageLoading />}>
          <AdminGate>
            <Pages />
          </AdminGate>
        </Suspense>
      )}
      <FreshLoginDialog />
      <Announcements />
      <ExactTip />
    </ErrorBoundary>
  );
}
