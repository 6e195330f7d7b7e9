import { Body, Controller, Post, Req, UnauthorizedException } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { type DeviceRequest, JwtRefreshService, Public, RefreshGrant, TokenPair } from 'nestjs-jwt-refresh';
import { bodyPipe } from './body.pipe';
import { UsersService } from './users/users.service';

/** What every database keeps and compares as it is. */
const PLAIN_TEXT = /^(?!\s)[^\p{Cc}\p{Cs}]*(?<!\s)$/u;
const message = '$property must have no space at its ends and no control characters';

export class LoginDto {
  @ApiProperty({ example: 'alice', minLength: 1, maxLength: 64 })
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  @Matches(PLAIN_TEXT, { message })
  username!: string;

  @ApiProperty({ example: 'alice-demo', minLength: 1, maxLength: 255 })
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  password!: string;

  @ApiProperty({ required: false, example: 'web', minLength: 1, maxLength: 64 })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  @Matches(PLAIN_TEXT, { message })
  audience?: string;
}

/** Errors look like those of the module. */
const WRONG_CREDENTIALS = { statusCode: 401, error: 'Unauthorized', code: 'credentials_invalid', message: 'Wrong username or password.' };

@ApiTags('demo')
@Public()
@Controller('auth')
export class LoginController {
  constructor(
    private readonly users: UsersService,
    private readonly jwtRefresh: JwtRefreshService,
  ) {}

  @Post('login')
  @ApiOperation({ operationId: 'login', summary: 'Begins a session' })
  @ApiOkResponse({ type: TokenPair, description: 'The token response (RFC 6749 §5.1).' })
  @ApiBadRequestResponse({ description: 'A member is missing or wrong.' })
  @ApiUnauthorizedResponse({ description: 'Wrong username or password.' })
  @RefreshGrant()
  async login(@Body(bodyPipe) body: LoginDto, @Req() request: DeviceRequest): Promise<TokenPair> {
    const user = await this.users.findByPassword(body.username, body.password);
    if (!user) throw new UnauthorizedException(WRONG_CREDENTIALS);
    return this.jwtRefresh.issue({ subject: user.id, audience: body.audience, content: { username: user.username, role: user.role }, request });
  }
}
