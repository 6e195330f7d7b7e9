import { createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store';
import { RefusalLimit } from '../audit/refusal-limit';
import type { AdminEventMap } from '../events/admin-events';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import { carrierOf } from '../guards/credentials';
import { newId } from '../ids';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { deviceFromRequest, type DeviceInfo } from '../sessions/device-info';

/** Who acts, and from where. */
export interface Administrator {
  /** The access token's `sub`. */
  readonly id: string;
  readonly device: DeviceInfo | null;
}

/** The administrator who sent the request. */
export const CurrentAdministrator = createParamDecorator((_: unknown, context: ExecutionContext): Administrator => {
  const carrier = carrierOf(context);
  return { id: String(carrier.user?.sub), device: deviceFromRequest(carrier) };
});

type AdminEvent = AdminEventMap[keyof AdminEventMap];
type Told<Event> = Event extends AdminEvent ? Omit<Event, 'id' | 'at' | 'actor' | 'device'> : never;

/** Puts what administrators do into the audit log before they get their answer. */
@Injectable()
export class AdminLog {
  private readonly refusals = new RefusalLimit();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: AuditStore,
    private readonly events: JwtRefreshEvents,
  ) {}

  async record(told: Told<AdminEvent>, { id: actor, device }: Administrator): Promise<void> {
    const now = this.options.clock.now();
    const event = { ...told, id: newId(now), at: new Date(now), actor, device } as AdminEvent;
    if (event.type !== 'admin.refused' || this.refusals.admits(actor, now)) await this.store.append([event]);
    this.events.emit(event);
  }
}
