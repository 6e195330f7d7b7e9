import { createParamDecorator, type CustomDecorator, type ExecutionContext, type PipeTransform, SetMetadata, type Type } from '@nestjs/common';
import type { SessionCheckMode } from '../jwt-refresh.options';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { carrierOf } from './credentials';

export const ACCESS_MODE = 'jwt-refresh:access-mode';
export const AUDIENCE = 'jwt-refresh:audience';
export const SESSION_CHECK = 'jwt-refresh:session-check';

/** How `JwtAuthGuard` treats a route: `public` lets everybody in unseen, `optional` also takes requests without a token. */
export type AccessMode = 'public' | 'optional';

/** Opens a route or controller to everybody: `JwtAuthGuard` does not look at the request at all. */
export const Public = (): CustomDecorator => SetMetadata(ACCESS_MODE, 'public' satisfies AccessMode);

/** Takes requests without an access token too, with no current user. A token that is there must be good. */
export const OptionalAuth = (): CustomDecorator => SetMetadata(ACCESS_MODE, 'optional' satisfies AccessMode);

/** Takes only access tokens made for this audience (RFC 8725 §3.9). @default one of the option `audience` */
export const Audience = (audience: string): CustomDecorator => SetMetadata(AUDIENCE, audience);

/** How this route learns that a session was revoked. @default the option `revocation.check` */
export const SessionCheck = (mode: SessionCheckMode): CustomDecorator => SetMetadata(SESSION_CHECK, mode);

/** The session behind a request. */
export interface CurrentSessionRef {
  /** The token family's id, `sid`. */
  id: string;
  /** How often the session had been refreshed when the access token was made, `gen`; behind `JwtRefreshGuard`, until now. */
  generation: number;
  /** The audience of its access tokens. */
  audience: string;
}

/** Spelt out, because what Nest infers is different in each of its majors. */
type ParamDecorator<Data> = (...dataOrPipes: (Data | Type<PipeTransform> | PipeTransform)[]) => ParameterDecorator;

/**
 * The access token's claims, or one of them: `@CurrentUser() user`, `@CurrentUser('sub') userId`. Undefined where
 * `@OptionalAuth()` let a request without a token in.
 */
export const CurrentUser: ParamDecorator<string> = createParamDecorator((claim: string | undefined, context: ExecutionContext): unknown => {
  const { user } = carrierOf(context);
  return claim === undefined ? user : user?.[claim];
});

/** The session behind the request, a {@link CurrentSessionRef}; undefined where there is none. */
export const CurrentSession: ParamDecorator<never> = createParamDecorator((_: unknown, context: ExecutionContext): CurrentSessionRef | undefined => {
  const { user, refreshSession } = carrierOf(context);
  if (refreshSession) return { id: refreshSession.id, generation: refreshSession.generation, audience: refreshSession.audience };
  return user && sessionOf(user);
});

function sessionOf({ sid, gen, aud }: AccessTokenClaims): CurrentSessionRef {
  return { id: sid, generation: gen, audience: aud };
}
