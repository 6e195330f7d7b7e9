import { Injectable, Logger } from '@nestjs/common';
import type { RefreshTokenEvent, RefreshTokenEventMap, RefreshTokenEventType } from './refresh-token-events';

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
  private readonly listeners = new Map<string, Set<Listener<RefreshTokenEvent>>>();

  /** Listens to one type. @returns a function that stops listening */
  on<Type extends RefreshTokenEventType>(type: Type, listener: Listener<RefreshTokenEventMap[Type]>): () => void {
    return this.add(type, listener as Listener<RefreshTokenEvent>);
  }

  /** Listens to every type. @returns a function that stops listening */
  onAny(listener: Listener<RefreshTokenEvent>): () => void {
    return this.add(EVERY_TYPE, listener);
  }

  /** @internal */
  emit(event: RefreshTokenEvent): void {
    for (const type of [event.type, EVERY_TYPE]) {
      for (const listener of this.listeners.get(type) ?? []) void this.tell(listener, event);
    }
  }

  private add(type: string, listener: Listener<RefreshTokenEvent>): () => void {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  private async tell(listener: Listener<RefreshTokenEvent>, event: RefreshTokenEvent): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.logger.error(`A listener to ${event.type} failed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}
