import { applyDecorators, type Type } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';
import { ERROR_TABLE, type JwtRefreshErrorCode } from '../errors';
import { oneOf, type Schema, text } from './schema';
import { validatedSchema } from './validated-schema';

type Decorator = ClassDecorator & MethodDecorator & PropertyDecorator;
type Headers = Record<string, string>;

/** Nobody needs @nestjs/swagger for the module itself: where it is not installed, the decorators of this file do nothing. */
const swagger = findSwagger();

function findSwagger(): typeof Swagger | null {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import could not fail
    return require('@nestjs/swagger') as typeof Swagger;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function document(make: (swagger: typeof Swagger) => unknown): Decorator {
  return (swagger ? make(swagger) : () => undefined) as Decorator;
}

/** The name and the sentence of a class among the schemas. Names are long, because a host's own schemas stand beside them. */
export function Model(name: string, description: string): ClassDecorator {
  return document(({ ApiSchema }) => ApiSchema({ name, description }));
}

/**
 * A member of a body, an answer or a query: its sentence and its schema. Without a schema the property's type and its rules
 * tell it, which must stand below.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- without a schema any property will do
export function Field<Value = any>(description: string, schema?: Schema<Value>) {
  return <Name extends string>(target: { readonly [Key in Name]?: Value }, name: Name): void =>
    document(({ ApiProperty }) => {
      const options = schema ?? validatedSchema(target, name);
      // An object's list of required members says nothing of the object itself.
      return ApiProperty({ description, ...options, ...(Array.isArray(options.required) && { selfRequired: true }) });
    })(target, name);
}

/** What a route does. The id names it in generated clients. */
export function Operation(operationId: string, summary: string, description?: string): MethodDecorator {
  return document(({ ApiOperation }) => ApiOperation({ operationId, summary, description }));
}

/** The body of a route that reads it from the request by itself: JSON or a form. */
export function Accepts(type: Type, { optional = false } = {}): MethodDecorator {
  return applyDecorators(
    document(({ ApiConsumes }) => ApiConsumes('application/json', 'application/x-www-form-urlencoded')),
    document(({ ApiBody }) => ApiBody({ type, required: !optional })),
  );
}

/** An answer with a JSON body, or with none. */
export function Answers(status: number, description: string, body?: Type | Schema<unknown>, headers: Headers = {}): MethodDecorator {
  const content = typeof body === 'function' ? { type: body } : body && { schema: body };
  return document(({ ApiResponse }) => ApiResponse({ status, description, ...content, headers: headersOf(headers) }));
}

/** An answer that is a file. */
export function AnswersFile(mediaType: string, description: string, headers: Headers = {}): MethodDecorator {
  const content = { [mediaType]: { schema: { type: 'string' } } };
  return document(({ ApiResponse }) => ApiResponse({ status: 200, description, content, headers: headersOf(headers) }));
}

/** The module's own errors that a route may answer with. */
export function Errors(...codes: JwtRefreshErrorCode[]): MethodDecorator {
  const statuses = [...new Set(codes.map((code) => ERROR_TABLE[code].status))];
  return applyDecorators(
    ...statuses.map((status) => {
      const sentences = codes.filter((code) => ERROR_TABLE[code].status === status).map((code) => `- \`${code}\`: ${ERROR_TABLE[code].message}`);
      return Answers(status, sentences.join('\n'), ErrorBody, ERROR_HEADERS[status]);
    }),
  );
}

/** The errors of `JwtAuthGuard`. */
export const ACCESS_TOKEN_ERRORS = ['access_token_missing', 'access_token_invalid', 'access_token_expired', 'access_token_revoked'] as const;

const ERROR_HEADERS: Record<number, Headers> = {
  401: { 'WWW-Authenticate': 'A challenge (RFC 6750 §3).' },
  429: { 'Retry-After': 'Seconds to wait.' },
  503: { 'Retry-After': 'Seconds to wait.' },
};

/** The `:id` of a path. */
export function IdParam(description: string): MethodDecorator {
  return document(({ ApiParam }) => ApiParam({ name: 'id', description, schema: { type: 'string', format: 'uuid' } }));
}

/** The section that a controller's routes stand in. */
export function Section(name: string): ClassDecorator {
  return document(({ ApiTags }) => ApiTags(name));
}

/** The routes need an access token; or, where it is optional, use one that is there. */
export function Bearer({ optional = false } = {}): ClassDecorator {
  const bearer = document(({ ApiBearerAuth }) => ApiBearerAuth());
  return optional
    ? applyDecorators(
        bearer,
        document(({ ApiSecurity }) => ApiSecurity({})),
      )
    : bearer;
}

/** The routes take a client's `Basic` authentication, if the host has clients. */
export function ClientBasic(): MethodDecorator {
  return applyDecorators(
    document(({ ApiBasicAuth }) => ApiBasicAuth()),
    document(({ ApiSecurity }) => ApiSecurity({})),
  );
}

/** The route is open to everybody. */
export function Open(): MethodDecorator {
  return document(({ ApiSecurity }) => ApiSecurity({}));
}

/** For a route that is another's second address. */
export function UndocumentedRoute(): MethodDecorator {
  return document(({ ApiExcludeEndpoint }) => ApiExcludeEndpoint());
}

/** For routes that are no API. */
export function Undocumented(): ClassDecorator {
  return document(({ ApiExcludeController }) => ApiExcludeController());
}

function headersOf(headers: Headers) {
  const entries = Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]);
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, { description: string; schema: { type: string } }>) : undefined;
}

@Model('JwtRefreshError', 'What an error looks like. A program goes by its code; statuses and sentences are up to the host.')
class ErrorBody {
  @Field('The HTTP status.')
  statusCode!: number;

  @Field('The name of the HTTP status.', text)
  error!: string;

  @Field('What happened; stable.', oneOf(Object.keys(ERROR_TABLE)))
  code!: string;

  @Field('A sentence for people.')
  message!: string;
}
