import { EntitySchema } from 'typeorm';
import type { JwtRefreshEvent, JwtRefreshEventType } from '../events/jwt-refresh-events';
import { type DeviceInfo, deviceTexts } from '../sessions/device-info';
import { instant, json, uuidBytes } from '../storage/column-transformers';
import { BYTES, DEFAULT_EVENTS_TABLE_NAME, tableNameParts, type TableOptions, withOwnNames } from '../storage/table-options';

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
    const told = event as Partial<RefreshTokenEventRecord>;
    const record = new RefreshTokenEventRecord();
    record.id = event.id;
    record.type = event.type;
    record.at = event.at;
    record.sessionId = told.sessionId ?? null;
    record.subject = told.subject ?? null;
    record.actor = told.actor ?? null;
    record.reason = told.reason ?? null;
    record.ip = event.device?.ip ?? null;
    record.generation = told.generation ?? null;
    record.presentedGeneration = told.presentedGeneration ?? null;
    record.deviceInfo = event.device;
    record.details = told.details ?? null;
    return record;
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
    synchronize: false,
    columns: withOwnNames<RefreshTokenEventRecord>({
      id: { type: BYTES, primary: true, transformer: uuidBytes },
      type: { type: 'varchar', length: 64 },
      at: { type: 'bigint', transformer: instant },
      sessionId: { type: BYTES, nullable: true, transformer: uuidBytes },
      subject: { type: 'varchar', length: 255, nullable: true },
      actor: { type: 'varchar', length: 255, nullable: true },
      reason: { type: 'varchar', length: 255, nullable: true },
      ip: { type: 'varchar', length: 45, nullable: true },
      generation: { type: 'int', nullable: true },
      presentedGeneration: { type: 'int', nullable: true },
      deviceInfo: { type: 'text', nullable: true, transformer: deviceTexts },
      details: { type: 'text', nullable: true, transformer: json },
    }),
    indices: Object.entries(EVENT_INDEXES).map(([suffix, columns]) => ({ name: `${name}_${suffix}`, columns })),
  });
}
