import { Field, Model } from './openapi';
import { named, text } from './schema';

@Model('RefreshBody', 'The refresh token.')
export class RefreshBody {
  @Field('The refresh token. The name of this member is the option `request.refreshTokenParam`.', named('refresh_token', text))
  refreshToken!: string;
}

@Model('LogoutBody', 'What ends.')
export class LogoutBody {
  @Field(
    'The refresh token of the session, or `all`, which needs an access token. Left out, it is the session of the access token.',
    named('refresh_token', { ...text, required: false }),
  )
  refreshToken?: string;
}
