import { Field, Model } from '../openapi/openapi';
import { flag, integer, oneOf, optional, text, uuid } from '../openapi/schema';

/** What introspection tells of a token (RFC 7662 §2.2). */
@Model('Introspection', 'What a token is (RFC 7662 §2.2). Of a token that is not active, nothing but that.')
export class IntrospectionView {
  @Field('Whether it can be used now.', flag)
  active!: boolean;

  @Field('`Bearer` for an access token; a refresh token has none.', optional(oneOf(['Bearer'])))
  token_type?: 'Bearer';

  @Field('The user, or the key.', optional(text))
  sub?: string;

  @Field('The audience.', optional(text))
  aud?: string;

  @Field('The issuer.', optional(text))
  iss?: string;

  @Field('When it was issued, seconds since 1970.', optional(integer))
  iat?: number;

  @Field('From when it is valid, seconds since 1970; of access tokens.', optional(integer))
  nbf?: number;

  @Field('When it expires, seconds since 1970.', optional(integer))
  exp?: number;

  @Field('The session.', optional(uuid))
  sid?: string;

  @Field('The token.', optional(text))
  jti?: string;

  @Field('The scope, if there is one.', optional(text))
  scope?: string;
}

/** A token that can be used now. */
export type ActiveToken = IntrospectionView & { readonly active: true; readonly aud: string };

/** Of a token that is not active nothing else is told. */
export type Introspection = ActiveToken | { readonly active: false };
