import { Controller, Delete, Get, HttpCode, Param, Query, Req, UseFilters, ValidationPipe } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { JwtRefreshError } from '../errors';
import type { Carrier } from '../guards/credentials';
import { CurrentUser } from '../guards/decorators';
import { JwtRefreshService } from '../jwt-refresh.service';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { JwtRefreshExceptionFilter } from './jwt-refresh-exception.filter';
import { sessionView, type SessionView } from './session.view';

/** Query of `DELETE …/sessions`. */
export class EndSessionsQuery {
  /** `current` keeps the session that asks. */
  @IsOptional()
  @IsIn(['current'])
  except?: 'current';
}

const strictQuery = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, expectedType: EndSessionsQuery });

/** `GET` and `DELETE …/sessions`: what users see and end of their own. Whoever mounts it puts `JwtAuthGuard` before it. */
@Controller()
@UseFilters(JwtRefreshExceptionFilter)
export class SessionsController {
  constructor(private readonly jwtRefresh: JwtRefreshService) {}

  @Get()
  async list(@CurrentUser() user: AccessTokenClaims): Promise<{ data: SessionView[] }> {
    const sessions = await this.jwtRefresh.sessions(user.sub);
    return { data: sessions.map((session) => sessionView(session, user.sid)) };
  }

  @Delete()
  @HttpCode(204)
  async endAll(@CurrentUser() user: AccessTokenClaims, @Query(strictQuery) { except }: EndSessionsQuery, @Req() request: Carrier): Promise<void> {
    const reason = except === 'current' ? 'logout_others' : 'logout_all';
    await this.jwtRefresh.revokeAll(user.sub, { request, actor: user.sub, reason, except: except === 'current' ? user.sid : undefined });
  }

  /** Somebody else's session, an ended one and one that never was get the same answer. */
  @Delete(':id')
  @HttpCode(204)
  async end(@CurrentUser() user: AccessTokenClaims, @Param('id') id: string, @Req() request: Carrier): Promise<void> {
    const ended = await this.jwtRefresh.revokeFamily(id, 'logout', { request, subject: user.sub, actor: user.sub });
    if (!ended) throw new JwtRefreshError('session_not_found');
  }
}
