import type { Logger } from 'typeorm';

const IN_PASSING = /refresh_token_stats| AS revoked_at FROM |'log_bin'/;

/** Hears every statement TypeORM sends. */
export class StatementLog implements Logger {
  readonly entries: { sql: string; parameters: unknown[] }[] = [];

  /**
   * The first words of the statements sent while `work` ran: `['SELECT', 'UPDATE']`. Those that a timer sends, whatever runs
   * meanwhile, are left out: the hourly counts, and the look at what was revoked elsewhere. So is what makes sure of what was
   * read, which depends on the server.
   */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    const start = this.entries.length;
    await work();
    return this.since(start).map(({ sql }) => sql.trimStart().split(/\s/, 1)[0]!.toUpperCase());
  }

  /** What was sent since there were so many entries, but for what is left out above. */
  since(start: number): { sql: string; parameters: unknown[] }[] {
    return this.entries.slice(start).filter(({ sql }) => !IN_PASSING.test(sql));
  }

  logQuery(sql: string, parameters: unknown[] = []): void {
    this.entries.push({ sql, parameters });
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
