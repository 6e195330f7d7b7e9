import { applyDecorators } from '@nestjs/common';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';
import type { Duration } from '../../duration';
import { assertLifetime, assertName, LONGEST_SECONDS } from '../../names';
import { asSchema } from '../../openapi/validated-schema';

const LONGEST_TEXT = 255;
/** A date, or a date and time with its zone: without one it would mean something else on each server. */
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** May be left out. Unlike class-validator's own, null is not nothing: as a filter it would stand for every row. */
export function IsOptional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** As it stands in the request: class-transformer leaves members out that are called like those of every object. */
export function AsSent(): PropertyDecorator {
  return Transform(({ obj, key }: TransformFnParams): unknown => (obj as Record<string, unknown>)[key]);
}

/** Without the white space that comes along with what is pasted. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: TransformFnParams): unknown => (typeof value === 'string' ? value.trim() : value));
}

/** A text that a column can hold and compare. */
export function IsName(): PropertyDecorator {
  const sentence = `a text of 1 to ${LONGEST_TEXT} characters, with no space at its ends and no control characters`;
  return rule('isName', isName, sentence, { type: 'string', minLength: 1, maxLength: LONGEST_TEXT });
}

/** An instant in ISO 8601; the property becomes a Date. */
export function IsInstant(): PropertyDecorator {
  const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime());
  return applyDecorators(
    Transform(({ value }: TransformFnParams): unknown => (typeof value === 'string' && isInstant(value) ? new Date(value) : value)),
    rule('isInstant', isDate, 'an instant like 2026-11-20T08:00:00Z', { type: 'string', format: 'date-time' }),
  );
}

/** A number of seconds or a text like `90d`. */
export function IsLifetime(): PropertyDecorator {
  const sentence = "a number of seconds or a text like '90d', from 1 second to 68 years";
  const seconds = { type: 'integer', minimum: 1, maximum: LONGEST_SECONDS };
  return rule('isLifetime', isLifetime, sentence, { oneOf: [seconds, { type: 'string', example: '90d' }] });
}

/** A rule of our own: what it asks for, as a sentence and as a schema. */
function rule(name: string, validate: (value: unknown) => boolean, sentence: string, schema: Record<string, unknown>): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => `$property must be ${sentence}` } }, asSchema(schema));
}

/** JavaScript takes February 30 for March 2. */
function isInstant(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return INSTANT.test(text) && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isLifetime(value: unknown): boolean {
  try {
    assertLifetime(value as Duration, LONGEST_SECONDS);
    return true;
  } catch {
    return false;
  }
}

function isName(value: unknown): boolean {
  try {
    assertName('', value);
    return true;
  } catch {
    return false;
  }
}
