import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  type AccessTokenClaims,
  Audience,
  CurrentSession,
  type CurrentSessionRef,
  CurrentUser,
  JwtAuthGuard,
  OptionalAuth,
  Public,
  SessionCheck,
} from 'nestjs-jwt-refresh';

/** Routes that show what the guard lets through. */
@Controller()
@UseGuards(JwtAuthGuard)
export class ProbeController {
  @Get('me')
  me(@CurrentUser() user: AccessTokenClaims): AccessTokenClaims {
    return user;
  }

  @Get('my-id')
  myId(@CurrentUser('sub') sub: string, @CurrentSession() session: CurrentSessionRef): unknown {
    return { sub, session };
  }

  @Public()
  @Get('public')
  open(@CurrentUser() user?: AccessTokenClaims): unknown {
    return { user: user ?? null };
  }

  @OptionalAuth()
  @Get('optional')
  optional(@CurrentUser() user?: AccessTokenClaims): unknown {
    return { sub: user?.sub ?? null };
  }

  @Audience('mobile')
  @Get('mobile')
  mobile(@CurrentUser('aud') aud: string): unknown {
    return { aud };
  }

  @SessionCheck('bounded')
  @Get('bounded')
  bounded(): void {}

  @SessionCheck('stateless')
  @Get('stateless')
  stateless(@CurrentUser('sub') sub: string): unknown {
    return { sub };
  }

  @SessionCheck('strict')
  @Get('strict')
  strict(@CurrentUser('sub') sub: string): unknown {
    return { sub };
  }
}

/** A route of a host that uses passport. */
@Controller('passport')
@UseGuards(AuthGuard('jwt'))
export class PassportController {
  @Get('me')
  me(@Req() request: { user: AccessTokenClaims }): AccessTokenClaims {
    return request.user;
  }
}
