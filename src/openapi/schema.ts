import type { Type } from '@nestjs/common';

/** A JSON schema for values of a type. The type is for the compiler, which sees to it that a schema fits its property. */
export interface Schema<Value> extends Readonly<Record<string, unknown>> {
  readonly '~value'?: Value;
}

type ValueOf<Given> = Given extends Schema<infer Value> ? Value : never;

export const text: Schema<string> = { type: 'string' };
export const uuid: Schema<string> = { type: 'string', format: 'uuid' };
export const instant: Schema<string> = { type: 'string', format: 'date-time' };
export const integer: Schema<number> = { type: 'integer' };
export const flag: Schema<boolean> = { type: 'boolean' };
export const anyObject: Schema<Record<string, unknown>> = { type: 'object', additionalProperties: true };

export function oneOf<const Value extends string>(values: readonly Value[]): Schema<Value> {
  return { type: 'string', enum: [...values] };
}

/** The schema of a class with fields. */
export function of<Value>(type: Type<Value>): Schema<Value> {
  return { type };
}

export function orNull<Value>(schema: Schema<Value>): Schema<Value | null> {
  return { ...(schema as Schema<Value | null>), nullable: true };
}

/** A member that may be missing. */
export function optional<Value>(schema: Schema<Value>): Schema<Value | undefined> {
  return { ...(schema as Schema<Value | undefined>), required: false };
}

export function listOf<Value>(schema: Schema<Value>): Schema<readonly Value[]> {
  return typeof schema.type === 'function' ? { type: schema.type, isArray: true } : { type: 'array', items: schema };
}

/** An object that needs no name of its own. */
export function group<Members extends Record<string, Schema<unknown>>>(
  members: Members,
): Schema<{ [Name in keyof Members]: ValueOf<Members[Name]> }> {
  return { type: 'object', properties: members, required: Object.keys(members) };
}

/** A member whose name in JSON is another than the property's. */
export function named<Value>(name: string, schema: Schema<Value>): Schema<Value> {
  return { ...schema, name };
}
