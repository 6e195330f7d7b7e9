import { joinPaths } from '../route-path';
import { Controller, Get, Inject, NotFoundException, Param } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { Public } from '../guards/decorators';
import { JWT_REFRESH_EXTRAS } from '../jwt-refresh.module-definition';
import type { JwtRefreshExtras } from '../jwt-refresh.options';
import { Answers, Open, Operation, Section, UndocumentedRoute } from '../openapi/openapi';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { ServerMetadata } from './oauth.models';
import { issuerUrlOf, serverMetadata } from './server-metadata';

export const WELL_KNOWN_PATH = '.well-known/oauth-authorization-server';

/** `GET /.well-known/oauth-authorization-server` (RFC 8414 §3). */
@Section('oauth')
@Public()
@Controller()
export class ServerMetadataController {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(JWT_REFRESH_EXTRAS) private readonly extras: JwtRefreshExtras,
    private readonly app: ApplicationConfig,
  ) {}

  @Get()
  @Operation('oauthServerMetadata', 'Tells what the OAuth routes can do and where they are')
  @Open()
  @Answers(200, 'The metadata.', ServerMetadata)
  read(): ServerMetadata {
    const issuer = issuerUrlOf(this.options.issuer);
    if (!issuer) throw new NotFoundException();
    return serverMetadata(this.options, issuer, this.extras, (path) => this.prefixed(path));
  }

  /** RFC 8414 §3.1: the path of an issuer comes after the well-known one. */
  @Get(':issuerPath')
  @UndocumentedRoute()
  readBelow(@Param('issuerPath') issuerPath: string): ServerMetadata {
    if (issuerUrlOf(this.options.issuer)?.pathname.replace(/\/$/, '') !== `/${issuerPath}`) throw new NotFoundException();
    return this.read();
  }

  /** Where the app serves a path: the host may have a global prefix, and exceptions to it. */
  private prefixed(path: string): string {
    const prefix = this.app.getGlobalPrefix();
    const { exclude = [] } = this.app.getGlobalPrefixOptions();
    const isExcluded = exclude.some(({ pathRegex }) => pathRegex.test(`/${path}`));
    return `/${joinPaths(isExcluded ? '' : prefix, path)}`;
  }
}
