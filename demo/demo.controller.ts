import { Controller, Get } from '@nestjs/common';
import { type AccessTokenClaims, CurrentUser, Public } from 'nestjs-jwt-refresh';

@Controller()
export class DemoController {
  /** Guarded like every route that is not `@Public()`. */
  @Get('me')
  me(@CurrentUser() user: AccessTokenClaims): AccessTokenClaims {
    return user;
  }

  @Public()
  @Get('public')
  open(): { message: string } {
    return { message: 'Everybody may read this.' };
  }

  @Public()
  @Get('health')
  health(): { status: string } {
    return { status: 'ok' };
  }
}
