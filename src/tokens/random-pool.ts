import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Fresh random bytes for what is no secret by itself: a call of the generator costs more than the bytes, so it fills a pool.
 * They are the caller's until its next turn of the event loop.
 */
export function pooledBytes(length: number): Buffer {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += length));
}

/** The same as base64url. */
export const randomText = (bytes: number): string => pooledBytes(bytes).toString('base64url');
