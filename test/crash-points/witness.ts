import { JWT_REFRESH_ENTITIES, RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { databaseFromUrl } from '../support/databases';

/** What a database holds. */
export interface Evidence {
  readonly rows: ReadonlyMap<string, RefreshToken>;
  /** How many reuses the audit log has, by family. */
  readonly reuses: ReadonlyMap<string, number>;
}

/** How long it waits for a SQLite file that the demo writes to. */
const PATIENCE_MS = 20_000;

/** Reads a database past the demo. */
export class Witness {
  private constructor(private readonly source: DataSource) {}

  static async of(databaseUrl: string): Promise<Witness> {
    const options = { ...databaseFromUrl(databaseUrl), timeout: PATIENCE_MS, entities: [...JWT_REFRESH_ENTITIES] } as DataSourceOptions;
    return new Witness(await new DataSource(options).initialize());
  }

  async look(): Promise<Evidence> {
    const rows = await this.source.getRepository(RefreshToken).find();
    const events = await this.source.getRepository(RefreshTokenEventRecord).findBy({ type: 'refresh_token.reused' });
    const reuses = new Map<string, number>();
    for (const { sessionId } of events) reuses.set(sessionId!, (reuses.get(sessionId!) ?? 0) + 1);
    return { rows: new Map(rows.map((row) => [row.id, row])), reuses };
  }

  async clear(): Promise<void> {
    for (const entity of [RefreshToken, RefreshTokenEventRecord]) await this.source.getRepository(entity).deleteAll();
  }

  leave(): Promise<void> {
    return this.source.destroy();
  }
}
