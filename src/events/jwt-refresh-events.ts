import { Injectable, Logger } from '@nestjs/common';
import type { AdminEventMap } from './admin-events';
import type { MaintenanceEventMap } from './maintenance-events';
import type { RefreshTokenEventMap } from './refresh-token-events';

/** Every event by its type. */
export interface JwtRefreshEventMap extends RefreshTokenEventMap, AdminEventMap, MaintenanceEventMap {}

/** The name of an event. */
export type JwtRefreshEventType = keyof JwtRefreshEventMap;

/** Every type of event. */
export const EVENT_TYPES = [
  'refresh_token.issued', 'refresh_token.rotated', 'refresh_token.retried', 'refresh_token.reused', 'refresh_token.revoked', 'refresh_token.refused',
  'admin.tokens_revoked', 'admin.exported', 'admin.looked_up', 'admin.refused', 'maintenance.pruned',
] as const satisfies JwtRefreshEventType[]; // prettier-ignore

/** Any event; `switch` on its `type`. */
export type JwtRefreshEvent = JwtRefreshEventMap[JwtRefreshEventType];

type Listener<Event> = (event: Event) => void | Promise<void>;

const EVERY_TYPE = '*';

/**
 * Where the module tells what happened, after it is committed. A listener that throws or rejects is logged and never
 * breaks a refresh; nobody waits for it.
 *
 * @example
 * ```ts
 * events.on('refresh_token.reused', ({ subject, device }) => mailer.warn(subject, device));
 * ```
 */
@Injectable()
export class JwtRefreshEvents {
  private readonly logger = new Logger('JwtRefresh');
  private readonly listeners = new Map<string, Set<Listener<JwtRefreshEvent>>>();

  /** Listens to one type. @returns a function that stops listening */
  on<Type extends JwtRefreshEventType>(type: Type, listener: Listener<JwtRefreshEventMap[Type]>): () => void {
    return this.add(type, listener as Listener<JwtRefreshEvent>);
  }

  /** Listens to every type. @returns a function that stops listening */
  onAny(listener: Listener<JwtRefreshEvent>): () => void {
    return this.add(EVERY_TYPE, listener);
  }

  /** @internal */
  emit(event: JwtRefreshEvent): void {
    for (const type of [event.type, EVERY_TYPE]) {
      for (const listener of this.listeners.get(type) ?? []) void this.tell(listener, event);
    }
  }

  private add(type: string, listener: Listener<JwtRefreshEvent>): () => void {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  private async tell(listener: Listener<JwtRefreshEvent>, event: JwtRefreshEvent): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.logger.error(`A listener to ${event.type} failed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}
