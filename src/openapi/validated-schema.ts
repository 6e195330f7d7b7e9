import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';

type JsonSchema = Record<string, unknown>;

const TYPES = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'integer' }],
  [Boolean, { type: 'boolean' }],
]);

/** What the rules of class-validator say; a rule of our own brings its schema along as its context. */
const RULES: Record<string, (constraint: unknown) => JsonSchema> = {
  isIn: (values) => ({ type: 'string', enum: values }),
  isObject: () => ({ type: 'object', additionalProperties: true }),
  isArray: () => ({ type: 'array' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  maxLength: (maxLength) => ({ maxLength }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
};

/** The schema of a property as far as its type, its rules and its initial value tell. */
export function validatedSchema(target: object, name: string): JsonSchema {
  const type: unknown = Reflect.getMetadata('design:type', target, name);
  const rules = rulesOf(target, name);
  if (rules.some((rule) => rule.type === 'nestedValidation')) return { type };
  const optional = rules.some((rule) => rule.type === 'conditionalValidation');
  return Object.assign({ ...TYPES.get(type), ...(optional && { required: false, default: initialValue(target, name) }) }, ...rules.map(schemaOf));
}

function rulesOf(target: object, name: string): ValidationMetadata[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return rules.filter(({ propertyName }) => propertyName === name);
}

function schemaOf({ name = '', constraints, context, each }: ValidationMetadata): JsonSchema {
  const schema = (context as { schema?: JsonSchema } | undefined)?.schema ?? RULES[name]?.((constraints as unknown[] | undefined)?.[0]) ?? {};
  return each ? { items: schema } : schema;
}

function initialValue(target: object, name: string): unknown {
  return new (target.constructor as Type<Record<string, unknown>>)()[name];
}
