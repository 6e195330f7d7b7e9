import type { ArgumentsHost } from '@nestjs/common';

interface HeaderWriter {
  header?(name: string, value: string): unknown;
}

/** Sets a response header where there is an HTTP response, on Express and Fastify alike. */
export function setResponseHeader(host: ArgumentsHost, name: string, value: string): void {
  if (host.getType<string>() === 'http') host.switchToHttp().getResponse<HeaderWriter>().header?.(name, value);
}
