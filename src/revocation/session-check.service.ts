import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import type { SessionCheckMode } from '../jwt-refresh.options';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import type { AccessTokenClaims } from '../tokens/access-token.service';
import { RevocationFeed } from './revocation-feed';

/** Decides whether the session of a genuine access token still lives. */
@Injectable()
export class SessionCheckService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: RefreshTokenStore,
    private readonly feed: RevocationFeed,
  ) {}

  /**
   * @param mode @default the option `revocation.check`
   * @throws JwtRefreshError `access_token_revoked`, `access_token_expired` for a superseded token where those are rejected,
   *   or `temporarily_unavailable` when the database is needed and can't be asked
   */
  async assertLive(claims: AccessTokenClaims, mode: SessionCheckMode = this.options.revocation.check): Promise<void> {
    if (mode === 'stateless') return;
    // An access token does not outlive its session's ends, so that only a revocation can end it early.
    if (mode === 'bounded' && this.feed.isFresh()) return this.assertNotRevoked(claims);
    await this.assertLiveRow(claims, mode);
  }

  private assertNotRevoked({ sid }: AccessTokenClaims): void {
    if (this.feed.has(sid)) throw new JwtRefreshError('access_token_revoked');
  }

  private async assertLiveRow(claims: AccessTokenClaims, mode: SessionCheckMode): Promise<void> {
    const session = await this.store.findById(claims.sid);
    const now = this.options.clock.now();
    const live =
      session && !session.revokedAt && session.subject === claims.sub && now < session.endsAt.getTime() && now < session.expiresAt.getTime();
    if (!live) throw new JwtRefreshError('access_token_revoked');
    // A refresh cures it, so it is told as what every client answers with a refresh. A `bounded` check is mostly answered by
    // memory, which can't tell.
    if (mode !== 'bounded' && this.isSuperseded(claims, session)) throw new JwtRefreshError('access_token_expired');
  }

  private isSuperseded({ gen }: AccessTokenClaims, { generation }: RefreshToken): boolean {
    return this.options.revocation.superseded === 'reject' && gen < generation;
  }
}
