import { HttpException, Inject, Injectable, Logger } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import type { HostClaims, JwtRefreshHooks, LegacySession, ResponseMembers } from '../hooks';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { toHostClaims } from '../tokens/host-claims';
import type { RefreshToken } from '../sessions/refresh-token.entity';

/** Calls the host's hooks. One that fails refuses the refresh; it never looks like a verdict on the token. */
@Injectable()
export class RefreshHooks {
  private readonly logger = new Logger('JwtRefresh');
  private readonly hooks: JwtRefreshHooks;

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) options: ResolvedOptions) {
    this.hooks = options.hooks;
  }

  async beforeRefreshRoute(request: unknown): Promise<void> {
    await this.call('beforeRefreshRoute', () => this.hooks.beforeRefreshRoute?.(request));
  }

  /** Claims to add, or null when the account must not be used. */
  async resolveSubject(session: RefreshToken): Promise<HostClaims | null> {
    const claims = await this.call('resolveSubject', async () => {
      const answer = await this.hooks.resolveSubject?.(session);
      return answer === null || answer === false ? null : toHostClaims('resolveSubject', answer ?? {});
    });
    return claims === undefined ? {} : claims;
  }

  /** What `begin` makes of the host's answer, or null when the token is none of the host's. An unusable answer is a failure too. */
  async adoptLegacyToken<Begun>(token: string, request: unknown, begin: (legacy: LegacySession) => Begun): Promise<Begun | null> {
    const begun = await this.call('adoptLegacyToken', async () => {
      const legacy = await this.hooks.adoptLegacyToken?.(token, request);
      return legacy ? begin(legacy) : null;
    });
    return begun ?? null;
  }

  async beforeRotate(session: RefreshToken): Promise<void> {
    await this.call('beforeRotate', () => this.hooks.beforeRotate?.(session));
  }

  async afterRotate(session: RefreshToken): Promise<void> {
    await this.call('afterRotate', () => this.hooks.afterRotate?.(session));
  }

  /** The host's own members of the token response. */
  async responseMembers(session: RefreshToken): Promise<ResponseMembers> {
    const members = await this.call('responseMembers', async () =>
      toHostClaims('responseMembers', (await this.hooks.responseMembers?.(session)) ?? {}),
    );
    return members ?? {};
  }

  /** @returns undefined where the host has no such hook */
  private async call<Answer>(name: keyof JwtRefreshHooks, hook: () => Answer): Promise<Awaited<Answer> | undefined> {
    if (!this.hooks[name]) return undefined;
    try {
      return await hook();
    } catch (error) {
      if (error instanceof HttpException) throw error;
      this.logger.error(`The hook ${name} failed: ${error instanceof Error ? error.name : typeof error}`);
      throw new JwtRefreshError('temporarily_unavailable', {}, { cause: error });
    }
  }
}
