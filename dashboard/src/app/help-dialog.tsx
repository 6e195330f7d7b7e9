import { Kbd, Modal } from '@mantine/core';
import { Definitions, type Definition } from '../common/definitions';

const KEYS: Definition[] = [
  ['Search keys', <Kbd key="search">/</Kbd>],
  ['This help', <Kbd key="help">?</Kbd>],
  ['Close what is open', <Kbd key="close">Esc</Kbd>],
];

const WORDS: Definition[] = [
  ['Session', 'One login on one device.'],
  ['Key', 'A refresh token that an administrator issued, mostly for a machine.'],
  ['Generation', 'How often the token was exchanged for a new one. Each exchange is a rotation.'],
  ['Retried', 'The token just spent came again in time, as after a lost answer: it got the same successor. Harmless.'],
  ['Reused', 'A spent token came back later: somebody may have copied it. Its family is revoked at once, and no other.'],
  ['Revoke', 'Make unusable at once. It cannot be undone; the history stays.'],
];

export function HelpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Help" size="lg">
      <h3>Keyboard</h3>
      <Definitions items={KEYS} />
      <h3>Words</h3>
      <Definitions items={WORDS} />
    </Modal>
  );
}
