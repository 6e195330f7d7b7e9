import { timingSafeEqual } from 'node:crypto';
import type { Total } from '../storage/keyset-search';
import type { Position } from '../storage/search-plan';
import { isCanonicalBase64url } from '../tokens/refresh-token.codec';
import { hmac, type SecretKeys, type ServerSecrets } from '../tokens/server-secrets';

/** Where a page of a list begins. */
export interface Cursor {
  /** The row before the page; null at the beginning. */
  readonly position: Position | null;
  /** Whether the page lies before the position instead of after it. */
  readonly backwards: boolean;
  /** What the first page counted. */
  readonly total: Total;
}

const MAC_BYTES = 16;

/**
 * Writes cursors that only this server can have made, for one list: a cursor brought to another filter or order is
 * refused instead of giving a page that means nothing.
 */
export class CursorCodec {
  constructor(private readonly secrets: ServerSecrets) {}

  /** @param list everything that makes the list what it is */
  encode({ position, backwards, total }: Cursor, list: string): string {
    const parts = [position && [position.value, position.id, position.inclusive ? 1 : 0], backwards ? 1 : 0, total.value, total.capped ? 1 : 0];
    const content = Buffer.from(JSON.stringify(parts));
    return Buffer.concat([macOf(this.secrets.current, content, list), content]).toString('base64url');
  }

  /** Null for whatever it did not write itself for this list. */
  decode(text: string, list: string): Cursor | null {
    if (!isCanonicalBase64url(text)) return null;
    const bytes = Buffer.from(text, 'base64url');
    const content = bytes.subarray(MAC_BYTES);
    return this.isGenuine(bytes.subarray(0, MAC_BYTES), content, list) ? parse(content) : null;
  }

  private isGenuine(mac: Buffer, content: Buffer, list: string): boolean {
    return this.secrets.all.some((keys) => {
      const expected = macOf(keys, content, list);
      return mac.length === expected.length && timingSafeEqual(mac, expected);
    });
  }
}

function macOf({ cursor }: SecretKeys, content: Buffer, list: string): Buffer {
  return hmac(cursor, `${content.length}.`, content, list).subarray(0, MAC_BYTES);
}

type Parts = [position: [value: number, id: string, inclusive: 0 | 1] | null, backwards: 0 | 1, value: number, capped: 0 | 1];

function parse(content: Buffer): Cursor {
  const [position, backwards, value, capped] = JSON.parse(content.toString()) as Parts;
  return {
    position: position && { value: position[0], id: position[1], ...(position[2] ? { inclusive: true } : {}) },
    backwards: backwards === 1,
    total: { value, capped: capped === 1 },
  };
}
