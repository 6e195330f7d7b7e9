import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { JwtRefreshOptionsError } from '../errors';
import { Database } from '../storage/database';
import { assertBackslashEscapes } from '../storage/sql-mode';
import { RefreshTokenStore } from './refresh-token.store';

/** Tells somebody who forgot the migrations, or whose server can not be trusted with values, so at boot, and not request by request. */
@Injectable()
export class SchemaCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger('JwtRefresh');

  constructor(
    private readonly database: Database,
    private readonly store: RefreshTokenStore,
  ) {}

  /** @throws JwtRefreshOptionsError */
  async onApplicationBootstrap(): Promise<void> {
    await assertBackslashEscapes(this.database).catch((error: unknown) => {
      if (error instanceof JwtRefreshOptionsError) throw error;
    });
    await this.store.probe().catch(() => {
      this.logger.warn('The table of refresh tokens can not be read. Run the migrations: JWT_REFRESH_MIGRATIONS belong to the data source.');
    });
  }
}
