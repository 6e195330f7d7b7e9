import { applyDecorators, Controller, UseFilters, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { SessionCheck } from '../guards/decorators';
import { JwtRefreshExceptionFilter } from '../http/jwt-refresh-exception.filter';
import { requestPipe } from '../http/request-pipe';
import { Bearer, Section } from '../openapi/openapi';
import { AdminDoorGuard } from './admin-door.guard';
import { AdminHeadersInterceptor } from './admin-headers.interceptor';

/** What all controllers of the admin API have in common; their path and the other guards are set when the module is registered. */
export function AdminRoutes(): ClassDecorator {
  return applyDecorators(
    Section('admin'),
    Bearer(),
    Controller(),
    UseGuards(AdminDoorGuard),
    UseInterceptors(AdminHeadersInterceptor),
    SessionCheck('strict'),
    UseFilters(JwtRefreshExceptionFilter),
    UsePipes(requestPipe),
  );
}
