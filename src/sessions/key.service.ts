import { Inject, Injectable } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store';
import type { Duration } from '../duration';
import { describeEvent } from '../events/describe-event';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import type { RefreshTokenIssued } from '../events/refresh-token-events';
import type { HostClaims } from '../hooks';
import { assertLifetime, LONGEST_SECONDS } from '../names';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { Database } from '../storage/database';
import { firstSecret, hashSecret } from '../tokens/ratchet';
import { TokenMinter } from '../tokens/token-minter';
import type { DeviceInfo } from './device-info';
import { underFreeId } from './free-id';
import { newRefreshToken } from './new-refresh-token';
import type { RefreshToken } from './refresh-token.entity';
import { RefreshTokenStore } from './refresh-token.store';

/** What a key is made from. */
export interface KeyInput {
  readonly audience: string;
  readonly lifetime: Duration;
  readonly subject?: string;
  readonly label?: string;
  readonly content?: HostClaims;
  readonly rotates?: boolean;
}

/** Makes the keys of administrators: families that nobody logged in for, with an end that nothing moves. */
@Injectable()
export class KeyService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly database: Database,
    private readonly store: RefreshTokenStore,
    private readonly audit: AuditStore,
    private readonly minter: TokenMinter,
    private readonly events: JwtRefreshEvents,
  ) {}

  /** @returns the row and its token, which is kept nowhere @throws TypeError when the input can't make a key */
  async issue(input: KeyInput, actor: string, device: DeviceInfo | null): Promise<{ key: RefreshToken; token: string }> {
    const secret = firstSecret();
    const draw = () => this.newKey(input, hashSecret(secret));
    // A key without a subject is named after its id.
    const key = await underFreeId(draw(), (drawn) => this.insert(drawn, actor, device), draw);
    const { refreshToken } = await this.minter.mint(key, secret, key.createdAt.getTime());
    return { key, token: refreshToken };
  }

  /** In one commit with the line in the audit log. */
  private async insert(key: RefreshToken, actor: string, device: DeviceInfo | null): Promise<void> {
    const event: RefreshTokenIssued = { ...describeEvent(key, key.createdAt.getTime(), device), type: 'refresh_token.issued', actor, reason: null };
    await this.database.transaction(async (run) => {
      await this.store.insert(key, run);
      await this.audit.append([event], run);
    });
    this.events.emit(event);
  }

  private newKey({ rotates = true, lifetime: given, ...input }: KeyInput, tokenHash: string): RefreshToken {
    const lifetime = assertLifetime(given, LONGEST_SECONDS, '68 years');
    const secretId = this.minter.currentKeys.id;
    return newRefreshToken(
      { ...input, kind: 'key', rotates, lifetime, maxLifetime: lifetime, device: null, tokenHash, secretId },
      this.options.clock.now(),
    );
  }
}
