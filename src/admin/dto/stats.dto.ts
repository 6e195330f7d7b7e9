import { IsIn, IsOptional } from 'class-validator';
import type { StatsRange } from '../statistics.service';

/** How far back. */
export class StatsQuery {
  /** `24h`, `7d` or `30d`. @default '24h' */
  @IsOptional()
  @IsIn(['24h', '7d', '30d'])
  range: StatsRange = '24h';
}
