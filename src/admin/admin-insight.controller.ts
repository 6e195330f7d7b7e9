import { Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store';
import { CurrentUser } from '../guards/decorators';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RevocationFeed } from '../revocation/revocation-feed';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import { AdminErrors } from '../openapi/admin-errors';
import { Answers, AnswersFile, Operation } from '../openapi/openapi';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { AdminRoutes } from './admin-routes';
import { type Administrator, CurrentAdministrator } from './admin.log';
import { AdminService } from './admin.service';
import { CsvExport } from './csv-export';
import { EventListQuery } from './dto/event-list.dto';
import { StatsQuery } from './dto/stats.dto';
import { EventPage } from './page.view';
import { settingsView, SettingsView } from './settings.view';
import { StatisticsService } from './statistics.service';
import { StatisticsView } from './statistics.view';

/** The admin API's routes about what happened and how the module is set up. Mounted before those with an id in their path. */
@AdminRoutes()
export class AdminInsightController {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tokens: RefreshTokenStore,
    private readonly events: AuditStore,
    private readonly admin: AdminService,
    private readonly statistics: StatisticsService,
    private readonly csv: CsvExport,
    private readonly feed: RevocationFeed,
  ) {}

  @Get('stats')
  @Operation('getStatistics', 'Counts what lives and what happened')
  @Answers(200, 'The numbers of the overview.', StatisticsView)
  @AdminErrors('request_invalid')
  stats(@Query() { range }: StatsQuery): Promise<StatisticsView> {
    return this.statistics.get(range);
  }

  @Get('events')
  @Operation('listEvents', 'Lists the audit log, page by page')
  @Answers(200, 'A page; it may have fewer lines than asked for, even none, and still have a next one.', EventPage)
  @AdminErrors('request_invalid')
  listEvents(@Query() query: EventListQuery): Promise<EventPage> {
    return this.admin.listEvents(query);
  }

  @Get('events.csv')
  @Operation('exportEvents', 'Exports the audit log as CSV', 'Takes the filter and the order of the list; `limit` and `cursor` mean nothing here.')
  @AnswersFile('text/csv', 'The lines, and a first one with the names of the columns.', { 'X-Row-Limit': 'How many rows the file may have.' })
  @AdminErrors('request_invalid')
  exportEvents(@Query() query: EventListQuery, @CurrentAdministrator() administrator: Administrator): Promise<StreamableFile> {
    return this.csv.exportEvents(query, administrator);
  }

  @Get('settings')
  @Operation('getSettings', 'Shows the options in effect')
  @Answers(200, 'Durations are in seconds; no secret is among them.', SettingsView)
  @AdminErrors()
  settings(@CurrentUser() user: AccessTokenClaims): SettingsView {
    return settingsView(this.options, { name: this.tokens.tableName, eventsName: this.events.tableName }, this.feed.status, user);
  }
}
