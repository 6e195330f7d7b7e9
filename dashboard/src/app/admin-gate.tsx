import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isApiError } from '../api/api-error';
import { ErrorState } from '../common/error-state';
import { session } from '../session/session';
import { settingsQuery } from '../settings/use-settings';
import { MessagePage } from './message-page';
import { PageLoading } from './page-loading';

const SignOutButton = () => (
  <Button variant="default" onClick={() => void session.signOut()}>
    Sign out
  </Button>
);

/** The settings are the first request: they tell who may be here and what may be changed. */
export function AdminGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery(settingsQuery);
  if (isApiError(error) && error.status === 403) {
    return (
      <MessagePage title="You are signed in but are not an administrator">
        <p>This page is for administrators of refresh keys. Ask one of them for access, or sign in with another account.</p>
        <SignOutButton />
      </MessagePage>
    );
  }
  if (data) return children;
  if (!error) return <PageLoading />;
  return (
    <MessagePage title="The dashboard could not be loaded">
      <ErrorState error={error} title="The settings could not be read" onRetry={() => void refetch()} />
      <Group mt="md">
        <SignOutButton />
      </Group>
    </MessagePage>
  );
}
