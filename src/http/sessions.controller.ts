import { Controller, Delete, Get, Header, HttpCode, Param, Query, Req, UseFilters } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { JwtRefreshError } from '../errors';
import type { Carrier } from '../guards/credentials';
import { CurrentUser, SessionCheck } from '../guards/decorators';
import { JwtRefreshService } from '../jwt-refresh.service';
import { ACCESS_TOKEN_ERRORS, Answers, Bearer, Errors, Field, IdParam, Operation, Section } from '../openapi/openapi';
import { LOGOUT_ALL } from '../revocation/revocation.service';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { JwtRefreshExceptionFilter } from './jwt-refresh-exception.filter';
import { requestPipe } from './request-pipe';
import { SessionList, sessionView } from './session.view';

/** Query of `DELETE …/sessions`. */
export class EndSessionsQuery {
  @Field('`current` keeps the session that asks.')
  @IsOptional()
  @IsIn(['current'])
  except?: 'current';
}

/** `GET` and `DELETE …/sessions`: what users see and end of their own. Whoever mounts it puts `JwtAuthGuard` before it. */
@Section('auth')
@Bearer()
@SessionCheck('strict')
@Controller()
@UseFilters(JwtRefreshExceptionFilter)
export class SessionsController {
  constructor(private readonly jwtRefresh: JwtRefreshService) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Operation('listSessions', "Lists the user's own sessions")
  @Answers(200, 'The sessions that live, with the one that asks marked.', SessionList)
  @Errors(...ACCESS_TOKEN_ERRORS, 'temporarily_unavailable')
  async list(@CurrentUser() user: AccessTokenClaims): Promise<SessionList> {
    const sessions = await this.jwtRefresh.sessions(user.sub);
    return { data: sessions.map((session) => sessionView(session, user.sid)) };
  }

  @Delete()
  @Operation('endSessions', "Ends the user's own sessions")
  @Answers(204, 'They have ended.')
  @Errors('request_invalid', ...ACCESS_TOKEN_ERRORS, 'session_not_found', 'temporarily_unavailable')
  @HttpCode(204)
  async endAll(@CurrentUser() user: AccessTokenClaims, @Query(requestPipe) { except }: EndSessionsQuery, @Req() request: Carrier): Promise<void> {
    if (namesEmptyId(request)) throw new JwtRefreshError('session_not_found');
    const reason = except === 'current' ? 'logout_others' : LOGOUT_ALL;
    await this.jwtRefresh.revokeAll(user.sub, { request, actor: user.sub, reason, except: except === 'current' ? user.sid : undefined });
  }

  /** Somebody else's session, an ended one and one that never was get the same answer. */
  @Delete(':id')
  @Operation('endSession', "Ends one of the user's own sessions")
  @IdParam("The session's id.")
  @Answers(204, 'It has ended.')
  @Errors(...ACCESS_TOKEN_ERRORS, 'session_not_found', 'temporarily_unavailable')
  @HttpCode(204)
  async end(@CurrentUser() user: AccessTokenClaims, @Param('id') id: string, @Req() request: Carrier): Promise<void> {
    const ended = await this.jwtRefresh.revokeFamily(id, 'logout', { request, subject: user.sub, actor: user.sub });
    if (!ended) throw new JwtRefreshError('session_not_found');
  }
}

/** Express takes `…/sessions/`, one session without its id, for all of them. */
function namesEmptyId({ url = '' }: Carrier): boolean {
  return url.split('?', 1)[0]!.endsWith('/');
}
