import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { RefreshTokenStore } from './refresh-token.store';

/** Tells somebody who forgot the migrations so at boot, and not request by request. */
@Injectable()
export class SchemaCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger('JwtRefresh');

  constructor(private readonly store: RefreshTokenStore) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.store.probe().catch(() => {
      this.logger.warn('The table of refresh tokens can not be read. Run the migrations: JWT_REFRESH_MIGRATIONS belong to the data source.');
    });
  }
}
