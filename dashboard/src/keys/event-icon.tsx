import {
  IconAlertTriangle,
  IconBan,
  IconCircleX,
  IconDownload,
  IconEraser,
  IconPlus,
  IconRefresh,
  IconRepeat,
  IconSearch,
  type Icon as TablerIcon,
} from '@tabler/icons-react';
import type { EventType } from '../api/types';
import type { Tone } from '../common/tone-badge';

const LOOKS: Record<EventType, readonly [icon: TablerIcon, tone: Tone, name: string]> = {
  'refresh_token.issued': [IconPlus, 'good', 'Issued'],
  'refresh_token.rotated': [IconRefresh, 'quiet', 'Rotated'],
  'refresh_token.retried': [IconRepeat, 'quiet', 'Retried'],
  'refresh_token.reused': [IconAlertTriangle, 'bad', 'Reused'],
  'refresh_token.revoked': [IconBan, 'warn', 'Revoked'],
  'refresh_token.refused': [IconCircleX, 'warn', 'Refused'],
  'admin.tokens_revoked': [IconBan, 'warn', 'Bulk revocation'],
  'admin.exported': [IconDownload, 'quiet', 'Export'],
  'admin.looked_up': [IconSearch, 'quiet', 'Lookup'],
  'admin.refused': [IconCircleX, 'warn', 'Admin refused'],
  'maintenance.pruned': [IconEraser, 'quiet', 'Pruned'],
};

export const EVENT_TYPES = Object.entries(LOOKS).map(([type, [, , name]]) => [type, name] as const);

/** A type this page does not know yet looks like a refusal nobody judged: quiet. */
export function lookOf(type: EventType) {
  const [Icon, tone, name] = LOOKS[type] ?? [IconRefresh, 'quiet', type];
  return { Icon, tone, name };
}
