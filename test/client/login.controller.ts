import { Body, Controller, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { JwtRefreshService, Public, type TokenPair, TokenResponseInterceptor } from 'nestjs-jwt-refresh';
import { ProbeController } from '../support/probe.controller';

/** A host's login that believes everybody, beside routes that look at the access token. */
@Controller()
export class LoginController extends ProbeController {
  constructor(private readonly jwtRefresh: JwtRefreshService) {
    super();
  }

  @Public()
  @Post('auth/login')
  @HttpCode(200)
  @UseInterceptors(TokenResponseInterceptor)
  login(@Body('subject') subject: string): Promise<TokenPair> {
    return this.jwtRefresh.issue({ subject });
  }
}
