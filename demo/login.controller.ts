import { Body, Controller, HttpCode, Post, Req, UnauthorizedException, UseInterceptors, ValidationPipe } from '@nestjs/common';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { type DeviceRequest, JwtRefreshService, Public, type TokenPair, TokenResponseInterceptor } from 'nestjs-jwt-refresh';
import { UsersService } from './users/users.service';

export class LoginDto {
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  username!: string;

  @IsString()
  @MinLength(1)
  @MaxLength(255)
  password!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  audience?: string;
}

@Public()
@Controller('auth')
export class LoginController {
  constructor(
    private readonly users: UsersService,
    private readonly jwtRefresh: JwtRefreshService,
  ) {}

  @Post('login')
  @HttpCode(200)
  @UseInterceptors(TokenResponseInterceptor)
  async login(@Body(new ValidationPipe({ whitelist: true })) body: LoginDto, @Req() request: DeviceRequest): Promise<TokenPair> {
    const user = await this.users.findByPassword(body.username, body.password);
    if (!user) throw new UnauthorizedException('Wrong username or password.');
    return this.jwtRefresh.issue({ subject: user.id, audience: body.audience, content: { username: user.username, role: user.role }, request });
  }
}
