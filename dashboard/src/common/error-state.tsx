import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { isApiError } from '../api/api-error';
import { askForFreshLogin } from '../session/fresh-login';

interface ErrorStateProps {
  error: unknown;
  /** "The keys could not be loaded". */
  title: string;
  onRetry?: () => void;
}

/** What failed, in words and with the code a support request needs. */
export function ErrorState({ error, title, onRetry }: ErrorStateProps) {
  const needsLogin = isApiError(error) && error.status === 401;
  const signInAgain = () => void askForFreshLogin().then((signedIn) => signedIn && onRetry?.());
  return (
    <Alert role="alert" color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={title}>
      <Text size="sm">{explain(error)}</Text>
      <Text size="xs" c="dimmed" mt={4}>
        {errorCode(error)}
      </Text>
      {onRetry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={needsLogin ? signInAgain : onRetry}>
            {needsLogin ? 'Sign in again' : 'Try again'}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

export function explain(error: unknown): string {
  if (!isApiError(error)) return error instanceof Error ? error.message : 'Something unexpected happened.';
  if (error.status === 0) return 'The server did not answer. Check the connection and try again.';
  if (error.code === 'fresh_login_required') return 'This needs a fresh login: sign in again, then repeat it.';
  if (error.code === 'admin_read_only') return 'This dashboard is read-only: the server refuses changes.';
  if (error.status === 403) return 'You are not allowed to do this.';
  if (error.status === 503) return `The server or its database is not available right now.${waitHint(error.retryAfter)}`;
  if (error.status === 429) return `Too many requests.${waitHint(error.retryAfter)}`;
  return error.message;
}

const waitHint = (seconds: number | null): string => (seconds ? ` Try again in ${seconds} s.` : '');

const errorCode = (error: unknown): string => {
  if (!isApiError(error)) return 'Code: page_error';
  return error.status === 0 ? `Code: ${error.code}` : `Status ${error.status}, code: ${error.code}`;
};
