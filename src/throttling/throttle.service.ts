import { Inject, Injectable, Logger } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import type { DeviceRequest } from '../sessions/device-info';
import { networkOf } from './network';
import type { ResolvedRateLimit } from './resolve-throttle';
import { type CountedRequests, THROTTLER_STORAGE, type ThrottlerStorage } from './throttler-storage';

/** Holds addresses and sessions to their limits, where the host has a ThrottlerModule. */
@Injectable()
export class ThrottleService {
  private readonly logger = new Logger('JwtRefresh');
  private isFailing = false;

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(THROTTLER_STORAGE) private readonly storage: ThrottlerStorage | null,
  ) {}

  /**
   * Counts a token that the server did not make, before it costs a query or a hook. Genuine ones are not counted: whoever shares
   * an address with a flood refreshes as ever.
   *
   * @param request nothing is counted without one: then the call is the host's own
   * @throws JwtRefreshError `too_many_requests`
   */
  async countInvalidToken(request: DeviceRequest | undefined): Promise<void> {
    if (request) await this.count('invalid-tokens', networkOf(request.ip), this.options.throttle.invalidTokens);
  }

  /**
   * Counts a refresh that was about to be granted. Only then: a replayed token must end its family also while the family is over its
   * limit, and what a stranger guesses must not use up anybody's. A retry inside the grace period is not counted either.
   *
   * @throws JwtRefreshError `too_many_requests`
   */
  async countRefresh(familyId: string): Promise<void> {
    await this.count('refreshes', familyId, this.options.throttle.refreshes);
  }

  private async count(what: string, key: string, limit: ResolvedRateLimit): Promise<void> {
    const counted = this.storage && (await this.increment(this.storage, `jwt-refresh-${what}`, key, limit));
    if (!counted?.isBlocked) return;
    throw new JwtRefreshError('too_many_requests', {}, { retryAfter: Math.max(1, Math.ceil(counted.timeToBlockExpire)) });
  }

  /** A storage that fails lets everybody in: a limit is worth less than a session. */
  private async increment(storage: ThrottlerStorage, name: string, key: string, { limit, per }: ResolvedRateLimit): Promise<CountedRequests | null> {
    try {
      const counted = await storage.increment(`${name}:${key}`, per * 1000, limit, per * 1000, name);
      this.isFailing = false;
      return counted;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`The storage of ThrottlerModule fails, so nothing is limited: ${(error as Error)?.name}`);
      this.isFailing = true;
      return null;
    }
  }
}
