import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { JwtRefreshOptionsError } from '../errors';
import { Database } from '../storage/database';
import { DurableReads } from '../storage/durable-reads';
import { assertBackslashEscapes } from '../storage/sql-mode';
import { RefreshTokenStore } from './refresh-token.store';

/** Looks at the database once, so that what is wrong with it is told at boot, and not request by request. */
@Injectable()
export class BootCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger('JwtRefresh');

  constructor(
    private readonly database: Database,
    private readonly store: RefreshTokenStore,
    private readonly durableReads: DurableReads,
  ) {}

  /** @throws JwtRefreshOptionsError when the server can not be trusted with values */
  async onApplicationBootstrap(): Promise<void> {
    await assertBackslashEscapes(this.database).catch((error: unknown) => {
      if (error instanceof JwtRefreshOptionsError) throw error;
      this.logger.warn('The sql_mode of the database could not be read. See that NO_BACKSLASH_ESCAPES is not in it.');
    });
    // Who needs to know asks again.
    await this.durableReads.look().catch(() => undefined);
    await this.store.probe().catch(() => {
      this.logger.warn('The table of refresh tokens can not be read. Run the migrations: JWT_REFRESH_MIGRATIONS belong to the data source.');
    });
  }
}
