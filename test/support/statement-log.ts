import type { Logger } from 'typeorm';

/** Hears every statement TypeORM sends. */
export class StatementLog implements Logger {
  readonly entries: { sql: string; parameters: unknown[] }[] = [];

  /**
   * The first words of the statements sent while `work` ran: `['SELECT', 'UPDATE']`. The hourly counts are left out: a timer
   * writes them, whatever runs meanwhile.
   */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    const start = this.entries.length;
    await work();
    const sent = this.entries.slice(start).filter(({ sql }) => !sql.includes('refresh_token_stats'));
    return sent.map(({ sql }) => sql.trimStart().split(/\s/, 1)[0]!.toUpperCase());
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
