import { type ArgumentMetadata, HttpException, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { JwtRefreshError } from '../errors';

/** class-transformer throws at some values before anybody can validate them: nested too deep, or with a `constructor` of their own. */
class RequestPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      throw error instanceof HttpException ? error : invalid([`${metadata.type} is not valid`]);
    }
  }
}

/** Takes what is listed and nothing else; every problem is named in one answer. The values themselves are not repeated. */
export const requestPipe = new RequestPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => invalid(errors.flatMap((error) => sentencesOf(error))),
});

/** @returns the error to throw */
export function invalid(sentences: readonly string[]): JwtRefreshError {
  return new JwtRefreshError('request_invalid', { message: sentences.join('; ') });
}

function sentencesOf({ constraints = {}, children = [] }: ValidationError): string[] {
  return [...Object.values(constraints), ...children.flatMap((child) => sentencesOf(child))];
}
