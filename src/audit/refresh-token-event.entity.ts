import { EntitySchema } from 'typeorm';
import type { JwtRefreshEvent, JwtRefreshEventType } from '../events/jwt-refresh-events';
import type { DeviceInfo } from '../sessions/device-info';
import { instant, json } from '../storage/column-transformers';
import { DEFAULT_EVENTS_TABLE_NAME, tableNameParts, type TableOptions } from '../storage/table-options';

/** One line of the audit log. Lines are added and pruned by age, never changed. */
export class RefreshTokenEventRecord {
  /** UUID v7, so primary-key order is time order. */
  id!: string;
  /** What happened. */
  type!: JwtRefreshEventType;
  /** When, by the module's clock. */
  at!: Date;
  /** The token family it happened to, where it is about one. */
  sessionId!: string | null;
  /** Whose family it is. */
  subject!: string | null;
  /** Who did it, where somebody did. */
  actor!: string | null;
  /** Why, where the event has a reason. */
  reason!: string | null;
  /** The address of the request, as in `deviceInfo`. */
  ip!: string | null;
  /** The family's generation after the event. */
  generation!: number | null;
  /** The generation of the token that was presented, where it differs. */
  presentedGeneration!: number | null;
  /** The device of the request, where there was one. */
  deviceInfo!: DeviceInfo | null;
  /** What else an administrator's action was about: its filter, how many it hit. */
  details!: Record<string, unknown> | null;

  static from(event: JwtRefreshEvent): RefreshTokenEventRecord {
    const { id, type, at, device } = event;
    const {
      sessionId = null,
      subject = null,
      generation = null,
      actor = null,
      reason = null,
      presentedGeneration = null,
      details = null,
    } = event as Partial<RefreshTokenEventRecord>;
    const told = { id, type, at, sessionId, subject, generation, actor, reason, presentedGeneration, details };
    return Object.assign(new RefreshTokenEventRecord(), { ...told, ip: device?.ip ?? null, deviceInfo: device });
  }
}

/** The secondary indexes, by what their names end in; each one costs each event. All are in the order of time, because ids are. */
export const EVENT_INDEXES: Record<string, (keyof RefreshTokenEventRecord)[]> = {
  // The life of one family: the question "why was I logged out?".
  session: ['sessionId', 'id'],
  // What happened to somebody, and what somebody did.
  subject: ['subject', 'id'],
  actor: ['actor', 'id'],
  // All reuses; the rotations that are old enough to go.
  type: ['type', 'id'],
};

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
      sessionId: { type: 'varchar', length: 36, nullable: true },
      subject: { type: 'varchar', length: 255, nullable: true },
      actor: { type: 'varchar', length: 255, nullable: true },
      reason: { type: 'varchar', length: 255, nullable: true },
      ip: { type: 'varchar', length: 45, nullable: true },
      generation: { type: 'int', nullable: true },
      presentedGeneration: { type: 'int', nullable: true },
      deviceInfo: { type: 'text', nullable: true, transformer: json },
      details: { type: 'text', nullable: true, transformer: json },
    },
    indices: Object.entries(EVENT_INDEXES).map(([suffix, columns]) => ({ name: `${name}_${suffix}`, columns })),
  });
}
