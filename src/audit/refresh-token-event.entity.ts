import { EntitySchema } from 'typeorm';
import type { RefreshTokenEvent, RefreshTokenEventType } from '../events/refresh-token-events';
import type { DeviceInfo } from '../sessions/device-info';
import { instant, json } from '../storage/column-transformers';
import { DEFAULT_EVENTS_TABLE_NAME, tableNameParts, type TableOptions } from '../storage/table-options';

/** One line of the audit log. Lines are added and pruned by age, never changed. */
export class RefreshTokenEventRecord {
  /** UUID v7, so primary-key order is time order. */
  id!: string;
  /** What happened. */
  type!: RefreshTokenEventType;
  /** When, by the module's clock. */
  at!: Date;
  /** The token family it happened to. */
  sessionId!: string;
  /** Whose family it is. */
  subject!: string;
  /** Who did it, where somebody did. */
  actor!: string | null;
  /** Why, where the event has a reason. */
  reason!: string | null;
  /** The address of the request, as in `deviceInfo`. */
  ip!: string | null;
  /** The family's generation after the event. */
  generation!: number;
  /** The generation of the token that was presented, where it differs. */
  presentedGeneration!: number | null;
  /** The device of the request, where there was one. */
  deviceInfo!: DeviceInfo | null;

  static from(event: RefreshTokenEvent): RefreshTokenEventRecord {
    const { id, type, at, sessionId, subject, generation, device } = event;
    return Object.assign(new RefreshTokenEventRecord(), {
      id, type, at, sessionId, subject, generation,
      actor: 'actor' in event ? event.actor : null,
      reason: 'reason' in event ? event.reason : null,
      presentedGeneration: 'presentedGeneration' in event ? event.presentedGeneration : null,
      ip: device?.ip ?? null,
      deviceInfo: device,
    }); // prettier-ignore
  }
}

export function refreshTokenEventSchema(table: TableOptions = {}): EntitySchema<RefreshTokenEventRecord> {
  const name = table.eventsName ?? DEFAULT_EVENTS_TABLE_NAME;
  return new EntitySchema<RefreshTokenEventRecord>({
    name: 'RefreshTokenEvent',
    target: RefreshTokenEventRecord,
    ...tableNameParts(name),
    columns: {
      id: { type: 'varchar', length: 36, primary: true },
      type: { type: 'varchar', length: 64 },
      at: { type: 'bigint', transformer: instant },
      sessionId: { type: 'varchar', length: 36 },
      subject: { type: 'varchar', length: 255 },
      actor: { type: 'varchar', length: 255, nullable: true },
      reason: { type: 'varchar', length: 255, nullable: true },
      ip: { type: 'varchar', length: 45, nullable: true },
      generation: { type: 'int' },
      presentedGeneration: { type: 'int', nullable: true },
      deviceInfo: { type: 'text', nullable: true, transformer: json },
    },
    // The life of one family, in order: the question "why was I logged out?".
    indices: [{ name: `${name}_session`, columns: ['sessionId'] }],
  });
}
