// A Nest app on either adapter, and decorators without TypeScript.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

export async function listen(module, adapter) {
  const app = await NestFactory.create(module, await adapterNamed(adapter), { logger: ['error', 'fatal'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return { app, port: Number(new URL(await app.getUrl()).port) };
}

/** @param parameters a parameter decorator for each argument */
export function route(controller, method, decorators, ...parameters) {
  const { prototype } = controller;
  Reflect.decorate(decorators, prototype, method, Object.getOwnPropertyDescriptor(prototype, method));
  parameters.forEach((decorate, index) => decorate(prototype, method, index));
}

async function adapterNamed(name) {
  if (name === 'fastify') return new (await import('@nestjs/platform-fastify')).FastifyAdapter();
  return new (await import('@nestjs/platform-express')).ExpressAdapter();
}
