import { applyDecorators, Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-jwt-refresh';
import { environment } from '../environment';
import { readAsset, readPage, readReadme } from './home-files';

/** What the module does where the environment says nothing. */
const DEFAULTS = { accessTokenProp: 'access_token', refreshTokenProp: 'refresh_token', graceSeconds: 30 };

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const Secured = () => applyDecorators(...Object.entries(HEADERS).map(([name, value]) => Header(name, value)));

/** The page at `/`: the life of a session, for newcomers. */
@Public()
@ApiExcludeController()
@Controller()
export class HomeController {
  @Get()
  @Secured()
  open(): StreamableFile {
    const { transport, accessTokenOnRefresh, accessTokenProp, refreshTokenProp, graceSeconds } = environment;
    const page = readPage({
      transport,
      accessTokenProp: accessTokenProp ?? DEFAULTS.accessTokenProp,
      refreshTokenProp: refreshTokenProp ?? DEFAULTS.refreshTokenProp,
      sendAccessToken: accessTokenOnRefresh !== 'ignore',
      graceSeconds: graceSeconds ?? DEFAULTS.graceSeconds,
    });
    return new StreamableFile(page, { type: 'text/html; charset=utf-8' });
  }

  @Get('assets/:name')
  @Secured()
  asset(@Param('name') name: string): StreamableFile {
    const file = readAsset(name);
    if (!file) throw new NotFoundException();
    return new StreamableFile(file.content, { type: file.type });
  }

  @Get('README.md')
  @Secured()
  readme(): StreamableFile {
    return new StreamableFile(readReadme(), { type: 'text/plain; charset=utf-8' });
  }
}
