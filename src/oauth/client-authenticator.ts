import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { type ClientParameters, readCredentials } from './client-credentials';
import { findProvenClient, type ResolvedOAuthClient } from './oauth-clients';

/** Finds out which client a request comes from. */
@Injectable()
export class ClientAuthenticator {
  private readonly clients: readonly ResolvedOAuthClient[];

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) { oauth }: ResolvedOptions) {
    this.clients = oauth.clients;
  }

  /** The client, or null where there are none. @throws JwtRefreshError `client_invalid`, `request_invalid` */
  authenticate(authorization: unknown, parameters: ClientParameters): ResolvedOAuthClient | null {
    if (this.clients.length === 0) return null;
    const credentials = readCredentials(authorization, parameters);
    const client = credentials && findProvenClient(this.clients, credentials);
    if (!client) throw new JwtRefreshError('client_invalid');
    return client;
  }

  /** A client with a secret (RFC 7662 §2.1). @throws JwtRefreshError `client_invalid`, `request_invalid` */
  authenticateConfidential(authorization: unknown, parameters: ClientParameters): ResolvedOAuthClient {
    const client = this.authenticate(authorization, parameters);
    if (!client?.secretHash) throw new JwtRefreshError('client_invalid');
    return client;
  }
}
