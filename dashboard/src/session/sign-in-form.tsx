import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { isApiError } from '../api/api-error';
import { config } from '../app/config';
import { explain } from '../common/error-state';
import { session } from './session';

const usesEmail = /mail/i.test(config.login.usernameField);

type FormFields = HTMLFormControlsCollection & Record<'username' | 'password', HTMLInputElement>;

const explainSignIn = (error: unknown): string =>
  isApiError(error) && [400, 401, 403].includes(error.status) && error.code !== 'cross_site_request'
    ? 'Wrong user name or password.'
    : explain(error);

export function SignInForm({ onDone }: { onDone?: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { username, password } = event.currentTarget.elements as FormFields;
    setBusy(true);
    setProblem(null);
    try {
      await session.signIn(username.value, password.value);
      onDone?.();
    } catch (error) {
      setProblem(explainSignIn(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form aria-label="Sign in" onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput
          name="username"
          label={usesEmail ? 'Email' : 'User name'}
          autoComplete="username"
          autoCapitalize="none"
          required
          withAsterisk={false}
          data-autofocus
        />
        <PasswordInput name="password" label="Password" autoComplete="current-password" required withAsterisk={false} />
        {problem && (
          <Alert role="alert" color="red" variant="outline">
            {problem}
          </Alert>
        )}
        <Button type="submit" loading={busy} fullWidth mt={4}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
