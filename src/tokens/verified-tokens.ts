import { hash } from 'node:crypto';
import { RecentMap } from '../recent-map';

/**
 * Remembers the payloads of access tokens whose signature and claims were found good, by the digest of the whole token: most
 * tokens come many times.
 */
export class VerifiedTokens {
  private readonly payloads: RecentMap<string>;

  /** @param limit 0 remembers nothing */
  constructor(private readonly limit: number) {
    this.payloads = new RecentMap(limit);
  }

  /** The payload as JSON: whoever gets it parses it anew, so that nobody can change what others see. */
  find(token: string): string | undefined {
    return this.limit === 0 ? undefined : this.payloads.get(keyOf(token));
  }

  add(token: string, payload: string): void {
    if (this.limit > 0) this.payloads.set(keyOf(token), payload);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
