import { Body, Delete, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { AdminErrors } from '../openapi/admin-errors';
import { Answers, AnswersFile, IdParam, Operation } from '../openapi/openapi';
import { Changes, ChangesMuch } from './admin-action';
import { AdminRoutes } from './admin-routes';
import { type Administrator, CurrentAdministrator } from './admin.log';
import { AdminService } from './admin.service';
import { CreateKeyBody, LookupBody, RevokeBody, RevokeManyBody } from './dto/token-actions.dto';
import { TokenListQuery } from './dto/token-filter.dto';
import { CsvExport } from './csv-export';
import { TokenPage } from './page.view';
import { RevokedManyView } from './revoked-many.view';
import { CreatedTokenView, LookedUpTokenView, TokenDetailsView, TokenView } from './token.view';

const FAMILY = "The token family's id.";
const REVOKED = 'The row; one that was revoked before is unchanged.';

/** The admin API's routes about token families. */
@AdminRoutes()
export class AdminTokensController {
  constructor(
    private readonly admin: AdminService,
    private readonly csv: CsvExport,
  ) {}

  @Get()
  @Operation('listRefreshTokens', 'Lists token families, page by page')
  @Answers(200, 'A page; it may have fewer rows than asked for, even none, and still have a next one.', TokenPage)
  @AdminErrors('request_invalid')
  list(@Query() query: TokenListQuery): Promise<TokenPage> {
    return this.admin.list(query);
  }

  @Get('export.csv')
  @Operation(
    'exportRefreshTokens',
    'Exports token families as CSV',
    'Takes the filter and the order of the list; `limit` and `cursor` mean nothing here.',
  )
  @AnswersFile('text/csv', 'The rows, and a first line with the names of the columns.', { 'X-Row-Limit': 'How many rows the file may have.' })
  @AdminErrors('request_invalid')
  export(@Query() query: TokenListQuery, @CurrentAdministrator() administrator: Administrator): Promise<StreamableFile> {
    return this.csv.exportTokens(query, administrator);
  }

  @Get(':id')
  @Operation('getRefreshToken', 'Shows a token family and its life')
  @IdParam(FAMILY)
  @Answers(200, 'The row and its events.', TokenDetailsView)
  @AdminErrors('refresh_token_not_found')
  get(@Param('id') id: string): Promise<TokenDetailsView> {
    return this.admin.get(id);
  }

  @Post()
  @Operation('createRefreshToken', 'Makes a key: a refresh token that nobody logged in for')
  @Answers(201, 'The row and its token, which is shown only here.', CreatedTokenView)
  @AdminErrors('request_invalid')
  @HttpCode(201)
  @ChangesMuch('create')
  create(@Body() body: CreateKeyBody, @CurrentAdministrator() administrator: Administrator): Promise<CreatedTokenView> {
    return this.admin.create(body, administrator);
  }

  @Post('revoke')
  @Operation('revokeRefreshTokens', 'Revokes, or only counts, all families that a filter matches')
  @Answers(200, 'How many there were.', RevokedManyView)
  @AdminErrors('request_invalid')
  @HttpCode(200)
  @ChangesMuch('revoke_many')
  revokeMany(@Body() body: RevokeManyBody, @CurrentAdministrator() administrator: Administrator): Promise<RevokedManyView> {
    return this.admin.revokeMany(body, administrator);
  }

  @Post('lookup')
  @Operation('lookUpRefreshToken', 'Finds the family that a pasted token belongs to', 'The token is neither logged nor stored.')
  @Answers(200, 'The row, and what the token is to it.', LookedUpTokenView)
  @AdminErrors('request_invalid', 'refresh_token_not_found')
  @HttpCode(200)
  lookup(@Body() { token }: LookupBody, @CurrentAdministrator() administrator: Administrator): Promise<LookedUpTokenView> {
    return this.admin.lookup(token, administrator);
  }

  @Post(':id/revoke')
  @Operation('revokeRefreshToken', 'Revokes a token family')
  @IdParam(FAMILY)
  @Answers(200, REVOKED, TokenView)
  @AdminErrors('request_invalid', 'refresh_token_not_found')
  @HttpCode(200)
  @Changes('revoke')
  revoke(@Param('id') id: string, @Body() body: RevokeBody, @CurrentAdministrator() administrator: Administrator): Promise<TokenView> {
    return this.admin.revoke(id, body.reason, administrator);
  }

  @Delete(':id')
  @Operation('deleteRefreshToken', 'Revokes a token family without a reason; the row stays')
  @IdParam(FAMILY)
  @Answers(200, REVOKED, TokenView)
  @AdminErrors('refresh_token_not_found')
  @Changes('revoke')
  remove(@Param('id') id: string, @CurrentAdministrator() administrator: Administrator): Promise<TokenView> {
    return this.admin.revoke(id, undefined, administrator);
  }
}
