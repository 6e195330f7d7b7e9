import { IsIn } from 'class-validator';
import { Field } from '../../openapi/openapi';
import type { StatsRange } from '../statistics.view';
import { IsOptional } from './validation';

/** How far back. */
export class StatsQuery {
  @Field('How far back.')
  @IsOptional()
  @IsIn(['24h', '7d', '30d'])
  range: StatsRange = '24h';
}
