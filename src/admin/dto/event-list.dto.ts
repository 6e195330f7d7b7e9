import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { EVENT_TYPES, type JwtRefreshEventType } from '../../events/jwt-refresh-events';
import { IsInstant, IsName } from './validation';

/** Which events; everything given must hold. */
export class EventFilter {
  /** The type. */
  @IsOptional()
  @IsIn(EVENT_TYPES)
  type?: JwtRefreshEventType;

  /** Whose family it happened to. */
  @IsOptional()
  @IsName()
  subject?: string;

  /** The family it happened to. */
  @IsOptional()
  @IsUUID('all')
  sessionId?: string;

  /** Who did it. */
  @IsOptional()
  @IsName()
  actor?: string;

  /** The address of the request, exactly. */
  @IsOptional()
  @IsName()
  ip?: string;

  /** At this instant or later. */
  @IsOptional()
  @IsInstant()
  from?: Date;

  /** At this instant or before. */
  @IsOptional()
  @IsInstant()
  to?: Date;
}

/** Filter, order and place of a list of events. */
export class EventListQuery extends EventFilter {
  /** `desc` or `asc` in time. @default 'desc' */
  @IsOptional()
  @IsIn(['desc', 'asc'])
  order: 'desc' | 'asc' = 'desc';

  /** Lines a page, 1 to 200. @default 50 */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `nextCursor` or `prevCursor` of an earlier answer to the same filter and order. */
  @IsOptional()
  @IsName()
  cursor?: string;
}
