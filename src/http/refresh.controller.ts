import { Controller, HttpCode, Post, Req, UseFilters, UseInterceptors } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { bearerTokenOf, type Carrier } from '../guards/credentials';
import { Public } from '../guards/decorators';
import { JwtRefreshService } from '../jwt-refresh.service';
import { ACCESS_TOKEN_ERRORS, Accepts, Answers, Bearer, Errors, Operation, Section } from '../openapi/openapi';
import { LogoutBody, RefreshBody } from '../openapi/request-bodies';
import { RefreshHooks } from '../rotation/refresh-hooks';
import { TokenPair } from '../tokens/token-pair';
import { BearerReader } from './bearer-reader';
import { JwtRefreshExceptionFilter } from './jwt-refresh-exception.filter';
import { TokenResponseInterceptor } from './token-response.interceptor';
import { TokenTransport } from './token-transport';

const EVERYWHERE = 'all';

const ACCESS_TOKEN_ON_REFRESH = 'Whether the access token is needed too, and whether it may have expired, is the option `accessTokenOnRefresh`.';

/** `POST …/jwt-refresh` and `POST …/logout`. Their paths are set when the module is registered. */
@Section('auth')
@Bearer({ optional: true })
@Public()
@Controller()
@UseFilters(JwtRefreshExceptionFilter)
export class RefreshController {
  constructor(
    private readonly jwtRefresh: JwtRefreshService,
    private readonly transport: TokenTransport,
    private readonly bearer: BearerReader,
    private readonly hooks: RefreshHooks,
  ) {}

  @Post()
  @Operation('refresh', 'Exchanges a refresh token for its successor and a new access token', ACCESS_TOKEN_ON_REFRESH)
  @Accepts(RefreshBody)
  @Answers(200, 'The token response (RFC 6749 §5.1).', TokenPair, { Authorization: 'The access token, unless the host switched it off.' })
  @Errors(
    'refresh_token_missing',
    'refresh_token_invalid',
    'refresh_token_expired',
    'refresh_token_revoked',
    'refresh_token_reused',
    ...ACCESS_TOKEN_ERRORS,
    'temporarily_unavailable',
  )
  @HttpCode(200)
  @UseInterceptors(TokenResponseInterceptor)
  async refresh(@Req() request: Carrier): Promise<TokenPair> {
    await this.hooks.beforeRefreshRoute(request);
    const token = this.transport.getRefreshToken(request);
    return this.jwtRefresh.refresh(token, { request, accessToken: bearerTokenOf(request) ?? undefined });
  }

  @Post()
  @Operation('logout', 'Ends a session, or with `all` every session of the user')
  @Accepts(LogoutBody, { optional: true })
  @Answers(204, 'Ended, or there was nothing to end: a token that is not valid gets the same answer.')
  @Errors('refresh_token_missing', ...ACCESS_TOKEN_ERRORS, 'temporarily_unavailable')
  @HttpCode(204)
  async logout(@Req() request: Carrier): Promise<void> {
    const token = this.transport.findRefreshToken(request);
    if (token === EVERYWHERE) await this.logoutEverywhere(request);
    else if (token === null) await this.logoutHere(request);
    else await this.jwtRefresh.revoke(token, { request, subject: this.bearer.findGenuine(request)?.sub });
  }

  private async logoutEverywhere(request: Carrier): Promise<void> {
    const { sub } = await this.bearer.get(request);
    await this.jwtRefresh.revokeAll(sub, { request, actor: sub });
  }

  /** Without a refresh token, the access token says which session ends. */
  private async logoutHere(request: Carrier): Promise<void> {
    const claims = this.bearer.findGenuine(request);
    if (!claims) throw new JwtRefreshError('refresh_token_missing');
    await this.jwtRefresh.revokeFamily(claims.sid, 'logout', { request, subject: claims.sub, actor: claims.sub });
  }
}
