/** Token families that were revoked lately, and when. They are forgotten when no access token of theirs can live any more. */
export class RevokedFamilies {
  /** In about the order of time, because that is the order of hearing of them. One that is heard of again is the last again. */
  private readonly times = new Map<string, number>();

  get size(): number {
    return this.times.size;
  }

  /** Of two times the later one counts, or somebody who tells an early one could have it forgotten too soon. @param revokedAt milliseconds since 1970 */
  add(id: string, revokedAt: number): void {
    if ((this.times.get(id) ?? -Infinity) >= revokedAt) return;
    this.times.delete(id);
    this.times.set(id, revokedAt);
  }

  has(id: string): boolean {
    return this.times.has(id);
  }

  /** Stops at the first that must stay: one that came late waits for its neighbours. One that is dated in the future is passed over. */
  forget(before: number, now: number): void {
    for (const [id, revokedAt] of this.times) {
      if (revokedAt > now) continue;
      if (revokedAt >= before) return;
      this.times.delete(id);
    }
  }
}
