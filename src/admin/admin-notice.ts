import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';

/** Tells somebody who looks for the dashboard why it is not there. */
@Injectable()
export class AdminNotice implements OnModuleInit {
  private readonly logger = new Logger('JwtRefresh');

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  onModuleInit(): void {
    if (this.options.admin.authorize) return;
    this.logger.log('The admin API and its dashboard are closed. To open them, give the option admin.authorize.');
  }
}
