import { Body, Controller, Get, HttpException, Post, Req, Res, UseGuards, UseInterceptors, ValidationPipe } from '@nestjs/common';
import { IsString } from 'class-validator';
import {
  CurrentSession,
  type CurrentSessionRef,
  type DeviceRequest,
  JwtRefreshGuard,
  JwtRefreshService,
  RefreshGrant,
  type TokenPair,
  TokenResponseInterceptor,
} from 'nestjs-jwt-refresh';

class LoginDto {
  @IsString()
  username!: string;
}

interface Response {
  header(name: string, value: string): unknown;
}

/** Logs everybody in who says who they are. */
@Controller('login')
export class LoginController {
  constructor(private readonly jwtRefresh: JwtRefreshService) {}

  @Post()
  @UseInterceptors(TokenResponseInterceptor)
  login(
    @Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })) body: LoginDto,
    @Req() request: DeviceRequest,
  ): Promise<TokenPair> {
    return this.jwtRefresh.issue({ subject: body.username, request });
  }

  /** Also refreshes. */
  @Post('grant')
  @RefreshGrant()
  loginOrRefresh(
    @Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })) body: LoginDto,
    @Req() request: DeviceRequest,
  ): Promise<TokenPair> {
    return this.login(body, request);
  }

  /** Back from single sign-on. */
  @Get('callback')
  @UseInterceptors(TokenResponseInterceptor)
  callback(): Promise<TokenPair> {
    return this.jwtRefresh.issue({ subject: 'from-elsewhere' });
  }

  /** Sets a cookie of its own. */
  @Post('with-cookie')
  @UseInterceptors(TokenResponseInterceptor)
  withCookie(@Body() body: LoginDto, @Res({ passthrough: true }) response: Response): Promise<TokenPair> {
    response.header('Set-Cookie', 'theme=dark');
    return this.jwtRefresh.issue({ subject: body.username });
  }

  /** Forgets the interceptor. */
  @Post('bare')
  bare(@Body() body: LoginDto): Promise<TokenPair> {
    return this.jwtRefresh.issue({ subject: body.username });
  }

  /** Takes a refresh token without exchanging it. */
  @Post('peek')
  @UseGuards(JwtRefreshGuard)
  peek(@CurrentSession() session: CurrentSessionRef): CurrentSessionRef {
    return session;
  }

  @Post('busy')
  @RefreshGrant()
  busy(): never {
    throw new HttpException('Too many requests', 429);
  }
}
