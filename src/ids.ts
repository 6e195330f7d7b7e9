import { v7 as uuidv7 } from 'uuid';
import { pooledBytes } from './tokens/random-pool';

const RANDOM_BYTES = 16;
const SEQUENCE_END = 2 ** 32;
let sequence = Math.floor(Math.random() * (SEQUENCE_END / 2));

/**
 * A UUID v7 (RFC 9562 §5.7) of an instant of the module's clock. Ids of one process are in the order they were drawn,
 * also within a millisecond.
 *
 * @param now milliseconds since 1970
 */
export function newId(now: number): string {
  sequence = (sequence + 1) % SEQUENCE_END;
  return uuidv7({ msecs: now, seq: sequence, random: pooledBytes(RANDOM_BYTES) });
}

/**
 * The UUID v7 of an instant whose other 74 bits are the beginning of a digest: the same instant and digest give the same id.
 *
 * @param time milliseconds since 1970
 */
export function derivedId(time: number, digest: Buffer): string {
  return uuidv7({ msecs: time, seq: digest.readUInt32BE(0), random: digest });
}

/** The lowest id an instant can have: ids from here on are of this instant or later. */
export function firstIdOf(now: number): string {
  const time = Math.max(0, now).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
