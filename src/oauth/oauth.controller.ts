import { Controller, Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { bearerTokenOf, type Carrier } from '../guards/credentials';
import { Public } from '../guards/decorators';
import { invalid } from '../http/request-pipe';
import { JwtRefreshService } from '../jwt-refresh.service';
import { OAuthErrors, OAuthThrottled } from '../openapi/oauth-errors';
import { Accepts, Answers, ClientBasic, Operation, Section } from '../openapi/openapi';
import { RefreshHooks } from '../rotation/refresh-hooks';
import { OAuthTokenResponse } from '../tokens/token-pair';
import { ClientAuthenticator } from './client-authenticator';
import { type Introspection, IntrospectionView } from './introspection';
import { OAuthExceptionFilter } from './oauth-exception.filter';
import { TokenHolder, TokenRequest } from './oauth.models';
import { readParameters } from './oauth-parameters';
import { TokenInspector } from './token-inspector.service';

const CLIENT = ['client_id', 'client_secret'] as const;
const GRANT_TYPE = 'refresh_token';
const NO_CLIENT = '`invalid_client`: the client is unknown or not authenticated';

/** `POST …/token`, `…/revoke` and `…/introspect`. Parameters come from the body alone; no cookie is read or set. */
@Section('oauth')
@Public()
@Controller()
@UseFilters(OAuthExceptionFilter)
export class OAuthController {
  constructor(
    private readonly jwtRefresh: JwtRefreshService,
    private readonly hooks: RefreshHooks,
    private readonly clients: ClientAuthenticator,
    private readonly inspector: TokenInspector,
  ) {}

  // RFC 6749 §5.1 wants both headers.
  @Post('token')
  @Operation('oauthToken', 'Exchanges a refresh token for its successor and a new access token')
  @ClientBasic()
  @Accepts(TokenRequest)
  @Answers(200, 'The token response.', OAuthTokenResponse)
  @OAuthErrors(
    '`invalid_request`, `invalid_grant`, `unsupported_grant_type` or `invalid_scope`.',
    `${NO_CLIENT}. \`invalid_token\`: the access token is.`,
  )
  @OAuthThrottled()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async token(@Req() request: Carrier): Promise<OAuthTokenResponse> {
    await this.hooks.beforeRefreshRoute(request);
    const parameters = readParameters(request.body, ['grant_type', 'refresh_token', 'scope', ...CLIENT]);
    const client = this.clients.authenticate(request.headers?.authorization, parameters);
    const { grant_type: grantType, refresh_token: refreshToken, scope } = parameters;
    if (grantType === undefined) throw invalid(['Send grant_type=refresh_token.']);
    if (grantType !== GRANT_TYPE) throw new JwtRefreshError('grant_type_unsupported');
    if (refreshToken === undefined) throw new JwtRefreshError('refresh_token_missing');
    const accessToken = bearerTokenOf(request) ?? undefined;
    const pair = await this.jwtRefresh.refresh(refreshToken, { request, accessToken, clientId: client?.id, scope });
    return pair.toOAuth();
  }

  @Post('revoke')
  @Operation('oauthRevoke', 'Ends the session of a token')
  @ClientBasic()
  @Accepts(TokenHolder)
  @Answers(200, "Ended, or there was nothing to end: a token that is not valid or not the client's gets the same answer.")
  @OAuthErrors('`invalid_request`.', `${NO_CLIENT}.`)
  @OAuthThrottled()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async revoke(@Req() request: Carrier): Promise<void> {
    const { token, ...client } = readTokenParameters(request.body);
    const clientId = this.clients.authenticate(request.headers?.authorization, client)?.id ?? null;
    if (token === undefined) throw invalid(['Send the token.']);
    await this.inspector.revoke(token, clientId, request);
  }

  @Post('introspect')
  @Operation('oauthIntrospect', 'Tells a confidential client what a token is')
  @ClientBasic()
  @Accepts(TokenHolder)
  @Answers(200, 'What it is, or only that it is not active.', IntrospectionView)
  @OAuthErrors('`invalid_request`.', `${NO_CLIENT}, or is a public one.`)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async introspect(@Req() request: Carrier): Promise<Introspection> {
    const { token, ...parameters } = readTokenParameters(request.body);
    const client = this.clients.authenticateConfidential(request.headers?.authorization, parameters);
    if (token === undefined) throw invalid(['Send the token.']);
    return this.inspector.introspect(token, client);
  }
}

/** A hint must be well-formed, and is then ignored, as RFC 7009 §2.1 and RFC 7662 §2.1 allow. */
function readTokenParameters(body: unknown) {
  return readParameters(body, ['token', 'token_type_hint', ...CLIENT]);
}
