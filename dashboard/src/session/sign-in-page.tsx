import { Alert, Text } from '@mantine/core';
import { useEffect } from 'react';
import { config } from '../app/config';
import { MessagePage } from '../app/message-page';
import { session } from './session';
import { SignInForm } from './sign-in-form';

const KEPT = {
  body: 'Closing or reloading this page ends the sign-in: nothing is stored in the browser.',
  cookie: 'The browser stays signed in until you sign out: its session is in a cookie that no script can read.',
};

export function SignInPage({ preload }: { preload: () => void }) {
  useEffect(() => {
    document.title = 'Sign in · Refresh keys';
    preload();
  }, [preload]);
  return (
    <MessagePage title="Refresh keys">
      <Text size="sm" c="dimmed" mb="md">
        Sign in with an administrator’s account. {KEPT[config.transport]}
      </Text>
      {session.wasEnded() && (
        <Alert role="alert" color="orange" variant="outline" mb="md">
          Your session has ended: it expired or was revoked. Sign in again to go on where you were.
        </Alert>
      )}
      <SignInForm />
    </MessagePage>
  );
}
