import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { SessionCheckMode } from '../jwt-refresh.options';
import type { RouteDemands } from '../sessions/authentication.service';
import { ACCESS_MODE, type AccessMode, AUDIENCE, SESSION_CHECK } from './decorators';

/** What the decorators of a route say. */
export interface GuardedRoute extends RouteDemands {
  readonly mode?: AccessMode;
}

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** Reads the decorators of each route once: they don't change, and reading them costs more than all else in the guard. */
export class RouteReader {
  private readonly routes = new WeakMap<object, WeakMap<Handler, GuardedRoute>>();

  constructor(private readonly reflector: Reflector) {}

  read(context: ExecutionContext): GuardedRoute {
    const controller = context.getClass();
    const handler = context.getHandler();
    const known = this.routes.get(controller)?.get(handler);
    return known ?? this.remember(controller, handler);
  }

  private remember(controller: object, handler: Handler): GuardedRoute {
    const targets = [handler, controller] as Parameters<Reflector['getAllAndOverride']>[1];
    const route = {
      mode: this.reflector.getAllAndOverride<AccessMode | undefined>(ACCESS_MODE, targets),
      audience: this.reflector.getAllAndOverride<string | undefined>(AUDIENCE, targets),
      check: this.reflector.getAllAndOverride<SessionCheckMode | undefined>(SESSION_CHECK, targets),
    };
    const routes = this.routes.get(controller) ?? new WeakMap<Handler, GuardedRoute>();
    this.routes.set(controller, routes.set(handler, route));
    return route;
  }
}
