import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, StreamableFile, UseFilters, UseInterceptors, UsePipes } from '@nestjs/common';
import { SessionCheck } from '../guards/decorators';
import { JwtRefreshExceptionFilter } from '../http/jwt-refresh-exception.filter';
import { Changes, ChangesMuch } from './admin-action';
import { AdminHeadersInterceptor } from './admin-headers.interceptor';
import { type Administrator, CurrentAdministrator } from './admin.log';
import { AdminService, type PresentedToken, type RevokedMany } from './admin.service';
import { CreateKeyBody, LookupBody, RevokeBody, RevokeManyBody } from './dto/token-actions.dto';
import { adminPipe } from './dto/validation';
import { TokenListQuery } from './dto/token-filter.dto';
import type { EventView } from './event.view';
import { CsvExport } from './csv-export';
import type { Page } from './pager';
import type { TokenView } from './token.view';

/** The admin API's routes about token families. Its path and its guards are set when the module is registered. */
@Controller()
@UseInterceptors(AdminHeadersInterceptor)
@SessionCheck('strict')
@UseFilters(JwtRefreshExceptionFilter)
@UsePipes(adminPipe)
export class AdminTokensController {
  constructor(
    private readonly admin: AdminService,
    private readonly csv: CsvExport,
  ) {}

  @Get()
  list(@Query() query: TokenListQuery): Promise<Page<TokenView>> {
    return this.admin.list(query);
  }

  @Get('export.csv')
  export(@Query() query: TokenListQuery, @CurrentAdministrator() administrator: Administrator): Promise<StreamableFile> {
    return this.csv.exportTokens(query, administrator);
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<TokenView & { events: EventView[]; eventsCapped: boolean }> {
    return this.admin.get(id);
  }

  @Post()
  @HttpCode(201)
  @ChangesMuch('create')
  create(@Body() body: CreateKeyBody, @CurrentAdministrator() administrator: Administrator): Promise<TokenView & { token: string }> {
    return this.admin.create(body, administrator);
  }

  @Post('revoke')
  @HttpCode(200)
  @ChangesMuch('revoke_many')
  revokeMany(@Body() body: RevokeManyBody, @CurrentAdministrator() administrator: Administrator): Promise<RevokedMany> {
    return this.admin.revokeMany(body, administrator);
  }

  @Post('lookup')
  @HttpCode(200)
  lookup(@Body() { token }: LookupBody, @CurrentAdministrator() administrator: Administrator): Promise<TokenView & { presented: PresentedToken }> {
    return this.admin.lookup(token, administrator);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Changes('revoke')
  revoke(@Param('id') id: string, @Body() body: RevokeBody, @CurrentAdministrator() administrator: Administrator): Promise<TokenView> {
    return this.admin.revoke(id, body.reason, administrator);
  }

  @Delete(':id')
  @Changes('revoke')
  remove(@Param('id') id: string, @CurrentAdministrator() administrator: Administrator): Promise<TokenView> {
    return this.admin.revoke(id, undefined, administrator);
  }
}
