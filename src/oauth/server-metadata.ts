import { JWKS_PATH } from '../http/jwks.controller';
import { joinPaths } from '../route-path';
import type { JwtRefreshExtras } from '../jwt-refresh.options';
import type { ResolvedOptions } from '../resolve-options';
import type { ServerMetadata } from './oauth.models';

const WITH_SECRET = ['client_secret_basic', 'client_secret_post'];

/** RFC 8414 §2: an issuer is an address without query and fragment; null for any other. */
export function issuerUrlOf(issuer: string): URL | null {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  return url && /^https?:$/.test(url.protocol) && !/[?#]/.test(issuer) ? url : null;
}

/** @param located where the app serves a path of the module's */
export function serverMetadata(
  { issuer, oauth: { clients } }: ResolvedOptions,
  { origin }: URL,
  { oauthPath, controllers }: JwtRefreshExtras,
  located: (path: string) => string,
): ServerMetadata {
  const isConfidential = clients.some(({ secretHash }) => secretHash !== null);
  const isPublic = clients.length === 0 || clients.some(({ secretHash }) => secretHash === null);
  const methods = [...(isPublic ? ['none'] : []), ...(isConfidential ? WITH_SECRET : [])];
  const endpoint = (name: string) => origin + located(joinPaths(oauthPath, name));
  return {
    issuer,
    token_endpoint: endpoint('token'),
    revocation_endpoint: endpoint('revoke'),
    ...(isConfidential && { introspection_endpoint: endpoint('introspect') }),
    ...(controllers?.jwks !== false && { jwks_uri: origin + located(JWKS_PATH) }),
    response_types_supported: [],
    grant_types_supported: ['refresh_token'],
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    ...(isConfidential && { introspection_endpoint_auth_methods_supported: WITH_SECRET }),
  };
}
