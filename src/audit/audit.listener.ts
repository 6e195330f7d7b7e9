import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type JwtRefreshEvent, JwtRefreshEvents } from '../events/jwt-refresh-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { AuditQueue } from './audit.queue';
import { AuditStore } from './audit.store';
import { RefusalLimit } from './refusal-limit';

/** Brings every event to the audit log. Reuses and what administrators do are in it before they are told. */
@Injectable()
export class AuditListener implements OnModuleInit {
  private readonly refusals = new RefusalLimit();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly events: JwtRefreshEvents,
    private readonly store: AuditStore,
    private readonly queue: AuditQueue,
  ) {}

  onModuleInit(): void {
    if (!this.options.audit.enabled) return;
    this.events.onAny((event) => {
      if (!this.store.holds(event) && this.isWorthALine(event)) this.queue.add(event);
    });
  }

  private isWorthALine(event: JwtRefreshEvent): boolean {
    // AdminLog has written it already, or left it out because there were too many.
    if (event.type === 'admin.refused') return false;
    return event.type !== 'refresh_token.refused' || this.refusals.admits(event.sessionId, event.at.getTime());
  }
}
