import type { FilterField } from '../common/filter-fields';
import { EVENT_TYPES } from '../keys/event-icon';

export const EVENT_FIELDS: readonly FilterField[] = [
  { name: 'type', label: 'Type', kind: 'choice', choices: EVENT_TYPES },
  { name: 'subject', label: 'Subject', kind: 'text' },
  { name: 'sessionId', label: 'Session or key id', kind: 'text' },
  { name: 'actor', label: 'Actor', kind: 'text' },
  { name: 'ip', label: 'IP address', kind: 'text' },
  { name: 'from', label: 'From', kind: 'instant' },
  { name: 'to', label: 'Until', kind: 'instant' },
];
