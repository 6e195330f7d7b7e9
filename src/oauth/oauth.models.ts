import { Field, Model } from '../openapi/openapi';
import { listOf, oneOf, optional, text } from '../openapi/schema';

/** How a client says in the body who it is (RFC 6749 §2.3.1). */
class ClientBody {
  @Field('The client, unless it is in the `Basic` header. Needed only where the host has clients.', optional(text))
  client_id?: string;

  @Field('Its secret, unless it is in the `Basic` header or the client is public.', optional(text))
  client_secret?: string;
}

@Model('OAuthTokenRequest', 'A refresh (RFC 6749 §6).')
export class TokenRequest extends ClientBody {
  @Field('The only grant.', oneOf(['refresh_token']))
  grant_type!: 'refresh_token';

  @Field('The refresh token.', text)
  refresh_token!: string;

  @Field("Scope names for this access token, separated by spaces: some of the session's. Left out, all.", optional(text))
  scope?: string;
}

@Model('OAuthTokenHolder', 'A token (RFC 7009 §2.1, RFC 7662 §2.1).')
export class TokenHolder extends ClientBody {
  @Field('A refresh token or an access token.', text)
  token!: string;

  @Field('Accepted, and not needed.', optional(text))
  token_type_hint?: string;
}

@Model('OAuthServerMetadata', 'What the server can do (RFC 8414 §2).')
export class ServerMetadata {
  @Field('The `iss` of access tokens.', text)
  issuer!: string;

  @Field('Where tokens are refreshed.', text)
  token_endpoint!: string;

  @Field('Where sessions are ended by their tokens.', text)
  revocation_endpoint!: string;

  @Field('Where confidential clients ask about tokens; only if there are such.', optional(text))
  introspection_endpoint?: string;

  @Field('The public keys of access tokens, unless the host left that route out.', optional(text))
  jwks_uri?: string;

  @Field('None: there is no authorization endpoint.', listOf(text))
  response_types_supported!: string[];

  @Field('The refresh grant.', listOf(text))
  grant_types_supported!: string[];

  @Field('How a client says who it is.', listOf(text))
  token_endpoint_auth_methods_supported!: string[];

  @Field('The same.', listOf(text))
  revocation_endpoint_auth_methods_supported!: string[];

  @Field('Only with a secret.', optional(listOf(text)))
  introspection_endpoint_auth_methods_supported?: string[];
}
