import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const KEY_BYTES = 32;
/** scrypt's N, for a new hash and for one that does not name its own. */
const COST = 2 ** 14;

/** `salt.hash.cost`, salt and hash as base64url. */
export async function hashPassword(password: string, cost = COST): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, KEY_BYTES, { N: cost });
  return `${salt.toString('base64url')}.${hash.toString('base64url')}.${cost}`;
}

export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = '', cost = COST] = stored.split('.');
  const expected = Buffer.from(hash, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), KEY_BYTES, { N: Number(cost) });
  return expected.length === given.length && timingSafeEqual(expected, given);
}
