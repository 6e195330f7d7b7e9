import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { IssuedKey } from '../api/types';
import { showChanges } from '../app/query-client';
import { IssuedToken } from './issued-token';
import { NewKeyForm } from './new-key-form';

interface NewKeyDialogProps {
  opened: boolean;
  onClose: () => void;
  onOpenKey: (id: string) => void;
}

export function NewKeyDialog({ opened, onClose, onOpenKey }: NewKeyDialogProps) {
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const finish = (open: boolean) => {
    onClose();
    setIssued(null);
    if (issued && open) onOpenKey(issued.id);
  };
  // Once the token is on screen, only "I stored it" closes: it is shown this one time.
  const closable = issued === null;
  return (
    <Modal
      opened={opened}
      onClose={() => closable && onClose()}
      withCloseButton={closable}
      closeOnEscape={closable}
      closeOnClickOutside={closable}
      title={issued ? 'Store this token now' : 'New key'}
      size="lg"
    >
      {issued ? (
        <IssuedToken issued={issued} onStored={finish} />
      ) : (
        <NewKeyForm
          onCancel={onClose}
          onIssued={(key) => {
            setIssued(key);
            void showChanges();
          }}
        />
      )}
    </Modal>
  );
}
