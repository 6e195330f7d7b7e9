import { Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { MessagePage } from './message-page';

interface State {
  error: Error | null;
}

/** The last resort: a mistake of this page's own, or a part of it that could not be fetched. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <MessagePage title="This page stopped working">
        <Text size="sm" mb="md">
          Load it again, and sign in once more. Nothing on the server was changed by this.
        </Text>
        <Text size="xs" c="dimmed" mb="md">
          {error.message}
        </Text>
        <Button onClick={() => location.reload()}>Load again</Button>
      </MessagePage>
    );
  }
}
