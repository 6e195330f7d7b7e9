import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { AuditQueue } from './audit.queue';
import { AuditStore } from './audit.store';

/** Brings every event to the audit log. Reuses and what administrators do are in it before they are told. */
@Injectable()
export class AuditListener implements OnModuleInit {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly events: JwtRefreshEvents,
    private readonly store: AuditStore,
    private readonly queue: AuditQueue,
  ) {}

  onModuleInit(): void {
    if (!this.options.audit.enabled) return;
    this.events.onAny((event) => {
      if (!this.store.holds(event)) this.queue.add(event);
    });
  }
}
