import { Field, Model } from '../openapi/openapi';

@Model('RevokedRefreshTokens', 'What a revocation by filter has done.')
export class RevokedManyView {
  @Field('How many families the filter matches, revoked ones too.')
  matched!: number;

  @Field('How many of them this call revoked.')
  revoked!: number;
}
