import { Inject, Injectable } from '@nestjs/common';
import { AuditQueue } from '../audit/audit.queue';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RevocationService } from '../revocation/revocation.service';
import { KeyService } from '../sessions/key.service';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import type { SearchOrder } from '../storage/search-plan';
import { AccessTokenService } from '../tokens/access-token.service';
import { TokenMinter } from '../tokens/token-minter';
import { type Administrator, AdminLog } from './admin.log';
import type { CreateKeyBody, RevokeManyBody } from './dto/token-actions.dto';
import type { EventListQuery } from './dto/event-list.dto';
import type { RevokeFilter, TokenListQuery } from './dto/token-filter.dto';
import { invalid } from '../http/request-pipe';
import { EventListStore } from './event-list.store';
import { type EventView, eventView } from './event.view';
import { type Page, Pager } from './pager';
import type { RevokedManyView } from './revoked-many.view';
import { TokenListStore } from './token-list.store';
import { type PastedToken, type TokenView, tokenView } from './token.view';

const DEFAULT_REASON = 'admin';
const LIFE_LIMIT = 200;
const BATCH_SIZE = 500;
/** Newest first: families that begin meanwhile are not met. */
const BATCH_ORDER: SearchOrder = { sort: 'createdAt', direction: 'desc', from: null };

/** What administrators can see and do. */
@Injectable()
export class AdminService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: RefreshTokenStore,
    private readonly tokens: TokenListStore,
    private readonly eventList: EventListStore,
    private readonly queue: AuditQueue,
    private readonly pager: Pager,
    private readonly keys: KeyService,
    private readonly revocation: RevocationService,
    private readonly minter: TokenMinter,
    private readonly accessTokens: AccessTokenService,
    private readonly log: AdminLog,
  ) {}

  async list({ sort, order, limit, cursor, ...filter }: TokenListQuery): Promise<Page<TokenView>> {
    const conditions = this.tokens.conditionsFor(filter, this.now());
    return this.pager.read({ search: this.tokens, conditions, sort, order, limit, cursor, identity: filter }, (row) => this.view(row));
  }

  async listEvents({ order, limit, cursor, ...filter }: EventListQuery): Promise<Page<EventView>> {
    await this.queue.flush();
    const conditions = this.eventList.conditionsFor(filter);
    return this.pager.read({ search: this.eventList, conditions, sort: 'id', order, limit, cursor, identity: filter }, eventView);
  }

  /** @throws JwtRefreshError `refresh_token_not_found` */
  async get(id: string): Promise<TokenView & { events: EventView[]; eventsCapped: boolean }> {
    const token = await this.getToken(id);
    await this.queue.flush();
    const plan = await this.eventList.plan(this.eventList.conditionsFor({ sessionId: token.id }), this.eventList.primary);
    const { rows, end } = await this.eventList.page(plan, { sort: 'id', direction: 'desc', from: null }, LIFE_LIMIT);
    return { ...this.view(token), events: rows.reverse().map(eventView), eventsCapped: end !== null };
  }

  /** @throws JwtRefreshError `request_invalid` */
  async create(body: CreateKeyBody, administrator: Administrator): Promise<TokenView & { token: string }> {
    try {
      const { key, token } = await this.keys.issue(body, administrator.id, administrator.device);
      return { ...this.view(key), token };
    } catch (error) {
      throw error instanceof TypeError ? invalid([error.message]) : error;
    }
  }

  /** @throws JwtRefreshError `refresh_token_not_found` */
  async revoke(id: string, reason: string | undefined, administrator: Administrator): Promise<TokenView> {
    const token = await this.getToken(id);
    await this.revocation.revokeBatch([token], contextOf(administrator, reason ?? DEFAULT_REASON));
    return this.view(await this.getToken(id));
  }

  /** In batches of bounded size. If it is cut off, what was revoked stays revoked, and the same call does the rest. */
  async revokeMany({ filter, reason, dryRun = false }: RevokeManyBody, administrator: Administrator): Promise<RevokedManyView> {
    assertNarrows(filter);
    let matched = 0;
    let revoked = 0;
    for await (const rows of this.tokens.walk(this.tokens.conditionsFor(filter, this.now()), BATCH_ORDER, BATCH_SIZE, this.tokens.primary)) {
      matched += rows.length;
      const live = dryRun ? [] : rows.filter(({ revokedAt }) => !revokedAt);
      revoked += (await this.revocation.revokeBatch(live, contextOf(administrator, reason))).length;
    }
    await this.log.record({ type: 'admin.tokens_revoked', reason, details: { filter: { ...filter }, matched, revoked, dryRun } }, administrator);
    return { matched, revoked };
  }

  /** @throws JwtRefreshError `refresh_token_not_found` for whatever this server did not make, or no longer knows */
  async lookup(text: string, administrator: Administrator): Promise<TokenView & { presented: PastedToken }> {
    const found = (await this.readRefreshToken(text)) ?? (await this.readAccessToken(text));
    const token = found && (await this.store.findById(found.id));
    await this.log.record({ type: 'admin.looked_up', sessionId: token?.id ?? null, subject: token?.subject ?? null }, administrator);
    if (!found || !token) throw new JwtRefreshError('refresh_token_not_found');
    const { type, generation } = found;
    return { ...this.view(token), presented: { type, generation, current: generation === token.generation } };
  }

  private async readRefreshToken(text: string) {
    const decoded = await this.minter.decode(text);
    return decoded && { type: 'refresh' as const, id: decoded.familyId, generation: decoded.generation };
  }

  private async readAccessToken(text: string) {
    const claims = await this.accessTokens.findGenuine(text);
    return claims && { type: 'access' as const, id: claims.sid, generation: claims.gen };
  }

  private async getToken(id: string): Promise<RefreshToken> {
    const token = await this.store.findById(id.toLowerCase());
    if (!token) throw new JwtRefreshError('refresh_token_not_found');
    return token;
  }

  private view(token: RefreshToken): TokenView {
    return tokenView(token, this.now());
  }

  private now(): number {
    return this.options.clock.now();
  }
}

/** @throws JwtRefreshError `request_invalid` */
function assertNarrows({ exceptId: _, ...filter }: RevokeFilter): void {
  if (Object.values(filter).every((value) => value === undefined)) throw invalid(['filter must have at least one member besides exceptId']);
}

function contextOf({ id: actor, device }: Administrator, reason: string) {
  return { reason, actor, device };
}
