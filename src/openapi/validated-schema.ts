import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';

type JsonSchema = Record<string, unknown>;

const TYPES = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'integer' }],
  [Boolean, { type: 'boolean' }],
]);

/** What the rules of class-validator say; one of our own says it with {@link asSchema}. */
const RULES: Record<string, (constraint: unknown) => JsonSchema> = {
  isIn: (values) => ({ type: 'string', enum: values }),
  isInt: () => ({ type: 'integer' }),
  isObject: () => ({ type: 'object', additionalProperties: true }),
  isArray: () => ({ type: 'array' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  maxLength: (maxLength) => ({ maxLength }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
};

const SCHEMA = Symbol('schema');

interface RuleContext {
  readonly [SCHEMA]?: JsonSchema;
}

/** Makes a rule say what it means as a schema: the rule's options. */
export function asSchema(schema: JsonSchema): { context: RuleContext } {
  return { context: { [SCHEMA]: schema } };
}

/** The schema of a property as far as its type, its rules and its initial value tell. */
export function validatedSchema(target: object, name: string): JsonSchema {
  const type: unknown = Reflect.getMetadata('design:type', target, name);
  const rules = rulesOf(target, name);
  if (rules.some((rule) => rule.type === 'nestedValidation')) return { type };
  const optional = rules.some((rule) => rule.type === 'conditionalValidation');
  const given = { ...TYPES.get(type), ...(optional && { required: false, default: initialValue(target, name) }) };
  return rules.map(schemaOf).reduce((all, one) => ({ ...all, ...one }), given);
}

function rulesOf(target: object, name: string): ValidationMetadata[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return rules.filter(({ propertyName }) => propertyName === name);
}

function schemaOf({ name = '', constraints, context, each }: ValidationMetadata): JsonSchema {
  const schema = (context as RuleContext | undefined)?.[SCHEMA] ?? RULES[name]?.((constraints as unknown[] | undefined)?.[0]) ?? {};
  return each ? { items: schema } : schema;
}

function initialValue(target: object, name: string): unknown {
  const fresh = new (target.constructor as Type<object>)();
  return (fresh as Record<string, unknown>)[name];
}
