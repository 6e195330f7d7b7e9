import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import type { Carrier } from '../guards/credentials';
import { Public } from '../guards/decorators';
import { JwtRefreshService } from '../jwt-refresh.service';
import { ACCESS_TOKEN_ERRORS, Accepts, Answers, Bearer, Errors, Operation, Section } from '../openapi/openapi';
import { LogoutBody, RefreshBody } from '../openapi/request-bodies';
import { TokenPair } from '../tokens/token-pair';
import { BearerReader } from './bearer-reader';
import { JwtRefreshExceptionFilter } from './jwt-refresh-exception.filter';
import { RefreshExchange } from './refresh-exchange';
import type { HeaderWriter } from './response-header';
import { TokenTransport } from './token-transport';

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
    private readonly exchange: RefreshExchange,
    private readonly transport: TokenTransport,
    private readonly bearer: BearerReader,
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
    'cross_site_request',
    'too_many_requests',
    'temporarily_unavailable',
  )
  @HttpCode(200)
  async refresh(@Req() request: Carrier, @Res({ passthrough: true }) response: HeaderWriter): Promise<unknown> {
    return this.transport.deliver(await this.exchange.refresh(request, response), request, response);
  }

  @Post()
  @Operation('logout', 'Ends a session, or with `all` every session of the user')
  @Accepts(LogoutBody, { optional: true })
  @Answers(204, 'Ended, or there was nothing to end: a token that is not valid gets the same answer.')
  @Errors('refresh_token_missing', ...ACCESS_TOKEN_ERRORS, 'cross_site_request', 'too_many_requests', 'temporarily_unavailable')
  @HttpCode(204)
  async logout(@Req() request: Carrier, @Res({ passthrough: true }) response: HeaderWriter): Promise<void> {
    if (this.transport.asksForEverywhere(request)) await this.logoutEverywhere(request);
    else await this.logoutOnce(request);
    this.transport.clear(request, response);
  }

  private async logoutOnce(request: Carrier): Promise<void> {
    const { inCookie, inBody } = this.transport.findTokensToEnd(request);
    if (inCookie === null && inBody === null) return this.logoutHere(request);
    // A token in a body is ended only for its owner, if it is said who asks; a cookie is the session of whoever asks. It comes last:
    // when something fails, the cookie stays, and so must its session.
    if (inBody !== null) await this.jwtRefresh.revoke(inBody, { request, subject: (await this.bearer.findGenuine(request))?.sub });
    if (inCookie !== null) await this.jwtRefresh.revoke(inCookie, { request });
  }

  private async logoutEverywhere(request: Carrier): Promise<void> {
    const claims = await this.bearer.findUnlessEndedWithAll(request);
    if (claims) await this.jwtRefresh.revokeAll(claims.sub, { request, actor: claims.sub });
  }

  /** Without a refresh token, the access token says which session ends. */
  private async logoutHere(request: Carrier): Promise<void> {
    const claims = await this.bearer.findGenuine(request);
    // A browser without the cookie is logged out already.
    if (!claims && this.transport.usesCookie(request)) return;
    if (!claims) throw new JwtRefreshError('refresh_token_missing');
    await this.jwtRefresh.revokeFamily(claims.sid, 'logout', { request, subject: claims.sub, actor: claims.sub });
  }
}
