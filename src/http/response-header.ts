import type { ArgumentsHost } from '@nestjs/common';

/** The part of Express's and Fastify's responses that is used. */
export interface HeaderWriter {
  header?(name: string, value: string): unknown;
  /** Express's; Fastify's `header()` itself keeps the cookies that are there. */
  append?(name: string, value: string): unknown;
}

/** The response of a handler's, where there is an HTTP response. */
export function responseOf(host: ArgumentsHost): HeaderWriter {
  return host.getType<string>() === 'http' ? host.switchToHttp().getResponse<HeaderWriter>() : {};
}

/** Sets a response header where there is an HTTP response, on Express and Fastify alike. */
export function setResponseHeader(host: ArgumentsHost, name: string, value: string): void {
  responseOf(host).header?.(name, value);
}

/** Adds a cookie to those that the host sets. */
export function addCookie(response: HeaderWriter, line: string): void {
  if (response.append) response.append('Set-Cookie', line);
  else response.header?.('Set-Cookie', line);
}
