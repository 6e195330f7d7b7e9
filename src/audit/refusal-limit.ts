const LINES_A_MINUTE = 30;
const MINUTE_MS = 60_000;

/**
 * Lets the first refusals of a minute into the audit log, for each session or administrator. Whoever repeats a dead token, or a
 * request that is not allowed, for ever would else fill a table with it.
 */
export class RefusalLimit {
  private readonly lines = new Map<string, number>();
  private minute = 0;

  /** @param at milliseconds since 1970 */
  admits(key: string, at: number): boolean {
    const minute = Math.floor(at / MINUTE_MS);
    if (minute !== this.minute) this.lines.clear();
    this.minute = minute;
    const count = (this.lines.get(key) ?? 0) + 1;
    this.lines.set(key, count);
    return count <= LINES_A_MINUTE;
  }
}
