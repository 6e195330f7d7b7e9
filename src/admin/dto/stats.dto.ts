import { IsIn } from 'class-validator';
import { Field } from '../../openapi/openapi';
import { STATS_RANGES, type StatsRange } from '../statistics.view';
import { IsOptional } from './validation';

/** How far back. */
export class StatsQuery {
  @Field('How far back.')
  @IsOptional()
  @IsIn(STATS_RANGES)
  range: StatsRange = '24h';
}
