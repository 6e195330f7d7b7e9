import { applyDecorators } from '@nestjs/common';
import { ERROR_TABLE, type JwtRefreshErrorCode, type OAuthErrorName, oauthNameOf } from '../errors';
import { Answers, Field, Model } from './openapi';
import { oneOf, text } from './schema';

const CODES = Object.keys(ERROR_TABLE) as JwtRefreshErrorCode[];
const NAMES = [...new Set(CODES.map(oauthNameOf))].filter((name) => name !== null);

@Model('OAuthError', 'An error of the OAuth routes (RFC 6749 §5.2).')
class OAuthErrorBody {
  @Field('What happened.', oneOf(NAMES))
  error!: OAuthErrorName;

  @Field('A sentence for people.', text)
  error_description!: string;
}

/** For a route that counts the tokens it is sent. */
export function OAuthThrottled(): MethodDecorator {
  return Answers(429, '`temporarily_unavailable`: too many requests.', OAuthErrorBody, { 'Retry-After': 'Seconds to wait.' });
}

/** The errors of an OAuth route: sentences for 400 and 401; 503 is everywhere. */
export function OAuthErrors(badRequest: string, unauthorized: string): MethodDecorator {
  return applyDecorators(
    Answers(400, badRequest, OAuthErrorBody),
    Answers(401, unauthorized, OAuthErrorBody, { 'WWW-Authenticate': 'A challenge (RFC 9110 §15.5.2).' }),
    Answers(503, '`temporarily_unavailable`: the same request may be sent again.', OAuthErrorBody, { 'Retry-After': 'Seconds to wait.' }),
  );
}
