import { Text } from '@mantine/core';
import { useEffect } from 'react';
import { MessagePage } from '../app/message-page';
import { SignInForm } from './sign-in-form';

export function SignInPage({ preload }: { preload: () => void }) {
  useEffect(() => {
    document.title = 'Sign in · Refresh keys';
    preload();
  }, [preload]);
  return (
    <MessagePage title="Refresh keys">
      <Text size="sm" c="dimmed" mb="md">
        Sign in with an administrator’s account. Closing or reloading this page ends the sign-in: nothing is stored in the browser.
      </Text>
      <SignInForm />
    </MessagePage>
  );
}
