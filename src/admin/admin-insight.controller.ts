import { Controller, Get, Inject, Query, StreamableFile, UseFilters, UseInterceptors, UsePipes } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store';
import { SessionCheck } from '../guards/decorators';
import { JwtRefreshExceptionFilter } from '../http/jwt-refresh-exception.filter';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import { AdminHeadersInterceptor } from './admin-headers.interceptor';
import { type Administrator, CurrentAdministrator } from './admin.log';
import { AdminService } from './admin.service';
import { CsvExport } from './csv-export';
import { EventListQuery } from './dto/event-list.dto';
import { StatsQuery } from './dto/stats.dto';
import { adminPipe } from './dto/validation';
import type { EventView } from './event.view';
import type { Page } from './pager';
import { settingsView, type SettingsView } from './settings.view';
import { type Statistics, StatisticsService } from './statistics.service';

/** The admin API's routes about what happened and how the module is set up. Mounted before those with an id in their path. */
@Controller()
@UseInterceptors(AdminHeadersInterceptor)
@SessionCheck('strict')
@UseFilters(JwtRefreshExceptionFilter)
@UsePipes(adminPipe)
export class AdminInsightController {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tokens: RefreshTokenStore,
    private readonly events: AuditStore,
    private readonly admin: AdminService,
    private readonly statistics: StatisticsService,
    private readonly csv: CsvExport,
  ) {}

  @Get('stats')
  stats(@Query() { range }: StatsQuery): Promise<Statistics> {
    return this.statistics.get(range);
  }

  @Get('events')
  listEvents(@Query() query: EventListQuery): Promise<Page<EventView>> {
    return this.admin.listEvents(query);
  }

  @Get('events.csv')
  exportEvents(@Query() query: EventListQuery, @CurrentAdministrator() administrator: Administrator): Promise<StreamableFile> {
    return this.csv.exportEvents(query, administrator);
  }

  @Get('settings')
  settings(): SettingsView {
    return settingsView(this.options, { name: this.tokens.tableName, eventsName: this.events.tableName });
  }
}
