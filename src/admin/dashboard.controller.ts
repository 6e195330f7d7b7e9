import { Controller, Get, Inject, NotFoundException, Param, Req, Res, StreamableFile } from '@nestjs/common';
import { Public } from '../guards/decorators';
import type { JwtRefreshExtras } from '../jwt-refresh.options';
import { JWT_REFRESH_EXTRAS } from '../jwt-refresh.module-definition';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { Undocumented } from '../openapi/openapi';
import { readDashboardAssets, readDashboardPage } from './dashboard-files';
import { dashboardConfig, pageWith } from './dashboard-page';

/** The part of Express's and Fastify's responses that is used. */
interface Response {
  header(name: string, value: string): unknown;
}

interface Request {
  url: string;
  originalUrl?: string;
  headers: Record<string, string | string[] | undefined>;
}

const SECURITY_HEADERS: Record<string, string> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The web page of the admin API. It holds no data: whoever opens it sees a sign-in form. */
@Public()
@Undocumented()
@Controller()
export class DashboardController {
  private readonly page = readDashboardPage();
  private readonly assets = readDashboardAssets();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(JWT_REFRESH_EXTRAS) private readonly extras: JwtRefreshExtras,
  ) {}

  @Get('dashboard')
  open(@Req() request: Request, @Res({ passthrough: true }) response: Response): StreamableFile {
    if (!this.page || !this.options.admin.authorize) throw new NotFoundException();
    const path = (request.originalUrl ?? request.url).split('?', 1)[0] as string;
    const page = pageWith(this.page, dashboardConfig(this.options, this.extras, path.endsWith('/')), path.endsWith('/'));
    for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, 'Cache-Control': 'no-store' })) response.header(name, value);
    return new StreamableFile(Buffer.from(page), { type: 'text/html; charset=utf-8' });
  }

  @Get('dashboard/assets/:name')
  asset(@Param('name') name: string, @Req() { headers }: Request, @Res({ passthrough: true }) response: Response): StreamableFile {
    const file = this.options.admin.authorize ? this.assets.get(name) : undefined;
    if (!file) throw new NotFoundException();
    const gzip = /\bgzip\b/.test(String(headers['accept-encoding']));
    // The name changes with the content.
    const caching = {
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
    };
    for (const [header, value] of Object.entries({ ...SECURITY_HEADERS, ...caching })) response.header(header, value);
    return new StreamableFile(gzip ? file.gzipped : file.content, { type: file.type });
  }
}
