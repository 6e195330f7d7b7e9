import type { INestApplicationContext } from '@nestjs/common';
import { toSeconds } from '../clock';
import { newId } from '../ids';
import { JwtRefreshService } from '../jwt-refresh.service';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import type { IssueInput } from '../sessions/session.service';
import { KeyRing } from '../tokens/key-ring';
import type { TokenPair } from '../tokens/token-pair';

/** Begins a session for a subject, with no password asked. */
export function loginAs(app: INestApplicationContext, subject: string, input: Omit<IssueInput, 'subject'> = {}): Promise<TokenPair> {
  return app.get(JwtRefreshService).issue({ ...input, subject });
}

/**
 * Signs an access token with the app's own key and any claims, good or bad; `undefined` leaves a claim out. Its session
 * does not exist, so a `strict` guard refuses it unless `sid` names a real one: see {@link loginAs}.
 */
export async function signTestToken(
  app: INestApplicationContext,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const options = app.get<ResolvedOptions>(JWT_REFRESH_RESOLVED_OPTIONS);
  const { current } = new KeyRing(options.accessToken.keys);
  return current.sign(withoutUndefined({ ...usualClaims(options), ...claims }), header);
}

function usualClaims({ clock, issuer, audiences, accessToken }: ResolvedOptions): Record<string, unknown> {
  const iat = toSeconds(clock.now());
  const sid = newId(clock.now());
  return { iss: issuer, aud: audiences[0], sub: 'test', sid, gen: 0, jti: `${sid}.0.test`, iat, nbf: iat, exp: iat + accessToken.lifetime };
}

function withoutUndefined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
