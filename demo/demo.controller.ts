import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type AccessTokenClaims, CurrentUser, Public } from 'nestjs-jwt-refresh';

const answer = (example: object) => ApiOkResponse({ schema: { type: 'object', example } });

@ApiTags('demo')
@Controller()
export class DemoController {
  /** Guarded like every route that is not `@Public()`. */
  @Get('me')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'me', summary: 'Shows the claims of the access token' })
  @answer({ sub: '0199…', sid: '0199…', username: 'alice', role: 'user' })
  me(@CurrentUser() user: AccessTokenClaims): AccessTokenClaims {
    return user;
  }

  @Public()
  @Get('public')
  @ApiOperation({ operationId: 'open', summary: 'Is open to everybody' })
  @answer({ message: 'Everybody may read this.' })
  open(): { message: string } {
    return { message: 'Everybody may read this.' };
  }

  @Public()
  @Get('health')
  @ApiOperation({ operationId: 'health', summary: 'Tells that the server is there' })
  @answer({ status: 'ok' })
  health(): { status: string } {
    return { status: 'ok' };
  }
}
