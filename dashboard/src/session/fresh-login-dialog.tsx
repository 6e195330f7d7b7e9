import { Button, Modal, Text } from '@mantine/core';
import { freshLoginQuestion } from './fresh-login';
import { SignInForm } from './sign-in-form';

export function FreshLoginDialog() {
  const question = freshLoginQuestion.use();
  return (
    <Modal opened={question !== null} onClose={() => question?.answer(false)} title="Confirm that it’s you" zIndex={500}>
      <Text size="sm" mb="md">
        Your last sign-in was too long ago for this action. Sign in again, and it goes on by itself.
      </Text>
      <SignInForm onDone={() => question?.answer(true)} />
      <Button variant="subtle" color="gray" fullWidth mt="xs" onClick={() => question?.answer(false)}>
        Cancel
      </Button>
    </Modal>
  );
}
