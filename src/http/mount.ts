import { Controller, Post, type Type, VERSION_NEUTRAL } from '@nestjs/common';

type Handler = (...args: unknown[]) => unknown;

/**
 * A controller class at a path known only when the module is registered; a subclass, so that two modules in one app don't
 * share it. `posts` names routes by handler. Version-neutral: it answers with and without API versioning.
 */
export function mount(controller: Type, path: string, posts: Record<string, string> = {}): Type {
  const mounted = { [controller.name]: class extends controller {} }[controller.name] as Type;
  Controller({ path, version: VERSION_NEUTRAL })(mounted);
  for (const [name, route] of Object.entries(posts)) mountPost(mounted.prototype as Record<string, Handler>, name, route);
  return mounted;
}

/** Route metadata sits on the function, so the mounted class gets one of its own, with all of the original's metadata. */
function mountPost(prototype: Record<string, Handler>, name: string, route: string): void {
  const original = prototype[name] as Handler;
  const handler: Handler = function (this: unknown, ...args) {
    return original.apply(this, args);
  };
  for (const key of Reflect.getMetadataKeys(original) as string[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), handler);
  }
  Object.defineProperty(prototype, name, { value: handler, writable: true, configurable: true });
  Post(route)(prototype, name, { value: handler });
}
