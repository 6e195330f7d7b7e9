import { hash } from 'node:crypto';

/**
 * Remembers the payloads of access tokens whose signature and claims were found good, by the digest of the whole token: most
 * tokens come many times. Holds at most `limit`, in two generations: when the younger is full, the older is forgotten.
 */
export class VerifiedTokens {
  private young = new Map<string, string>();
  private old = new Map<string, string>();

  /** @param limit 0 remembers nothing */
  constructor(private readonly limit: number) {}

  /** The payload as JSON: whoever gets it parses it anew, so that nobody can change what others see. */
  find(token: string): string | undefined {
    if (this.limit === 0) return undefined;
    const key = keyOf(token);
    const payload = this.young.get(key);
    if (payload !== undefined) return payload;
    const older = this.old.get(key);
    if (older !== undefined) this.keep(key, older);
    return older;
  }

  add(token: string, payload: string): void {
    if (this.limit > 0) this.keep(keyOf(token), payload);
  }

  private keep(key: string, payload: string): void {
    if (this.young.size >= this.limit / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, payload);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
