import { Type } from 'class-transformer';
import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { EVENT_TYPES, type JwtRefreshEventType } from '../../events/jwt-refresh-events';
import { Field } from '../../openapi/openapi';
import { IsInstant, IsName, IsOptional } from './validation';

/** Which events; everything given must hold. */
export class EventFilter {
  @Field('What happened.')
  @IsOptional()
  @IsIn(EVENT_TYPES)
  type?: JwtRefreshEventType;

  @Field('Whose family it happened to.')
  @IsOptional()
  @IsName()
  subject?: string;

  @Field('The family it happened to.')
  @IsOptional()
  @IsUUID('all')
  sessionId?: string;

  @Field('Who did it.')
  @IsOptional()
  @IsName()
  actor?: string;

  @Field('The address of the request, exactly.')
  @IsOptional()
  @IsName()
  ip?: string;

  @Field('At this instant or later.')
  @IsOptional()
  @IsInstant()
  from?: Date;

  @Field('At this instant or before.')
  @IsOptional()
  @IsInstant()
  to?: Date;
}

/** Filter, order and place of a list of events. */
export class EventListQuery extends EventFilter {
  @Field('In time: `desc` begins with the newest.')
  @IsOptional()
  @IsIn(['desc', 'asc'])
  order: 'desc' | 'asc' = 'desc';

  @Field('Lines a page.')
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit = 50;

  @Field('`nextCursor` or `prevCursor` of an earlier answer to the same filter and order.')
  @IsOptional()
  @IsName()
  cursor?: string;
}
