import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../guards/decorators';
import type { SigningAlgorithm } from '../jwt-refresh.options';
import { Answers, Field, Model, Operation, Section } from '../openapi/openapi';
import { listOf, of, oneOf, text } from '../openapi/schema';
import { SIGNING_ALGORITHMS } from '../resolve-keys';
import { AccessTokenService } from '../tokens/access-token.service';
import type { PublicJwk } from '../tokens/public-jwk';

const member = { ...text, required: false };

@Model('JwtRefreshPublicKey', 'A public key (RFC 7517 §4).')
class PublicKeyView implements PublicJwk {
  @Field('What access tokens name it by.')
  kid!: string;

  @Field('The one algorithm it is used with.', oneOf(SIGNING_ALGORITHMS))
  alg!: SigningAlgorithm;

  @Field('It verifies signatures.', oneOf(['sig']))
  use!: 'sig';

  @Field('The kind of key: `RSA`, `EC` or `OKP`.', text)
  kty!: string;

  @Field('The curve of an EC or OKP key.', member)
  crv?: string;

  @Field('The point of an EC or OKP key.', member)
  x?: string;

  @Field('The other half of the point of an EC key.', member)
  y?: string;

  @Field('The modulus of an RSA key.', member)
  n?: string;

  @Field('The exponent of an RSA key.', member)
  e?: string;
}

@Model('JwtRefreshPublicKeys', 'The public keys of access tokens, a JWK Set (RFC 7517 §5).')
class PublicKeyList {
  @Field('The first signs, if the app signs with a key pair; secrets are not listed.', listOf(of(PublicKeyView)))
  keys!: readonly PublicKeyView[];
}

export const JWKS_PATH = '.well-known/jwks.json';

/** `GET /.well-known/jwks.json`: what other services verify access tokens with. Asks no database. */
@Section('auth')
@Public()
@Controller()
export class JwksController {
  constructor(private readonly accessTokens: AccessTokenService) {}

  /** Other services may keep it for five minutes: so long a new key must be known before it signs, and a removed one is remembered. */
  @Get()
  @Operation('getPublicKeys', 'Gives the public keys that verify access tokens')
  @Answers(200, 'The JWK Set.', PublicKeyList, { 'Cache-Control': 'How long it may be kept.' })
  @Header('Cache-Control', 'public, max-age=300')
  list(): PublicKeyList {
    return { keys: this.accessTokens.publicKeys };
  }
}
