import { Field, Model } from '../openapi/openapi';
import { instant, listOf, of, oneOf } from '../openapi/schema';
import { TotalView } from './page.view';

export const STATS_RANGES = ['24h', '7d', '30d'] as const;
/** How far back. */
export type StatsRange = (typeof STATS_RANGES)[number];

class CountsView {
  @Field('Sessions begun and keys made.')
  issued!: number;

  @Field('Refresh tokens exchanged.')
  rotated!: number;

  @Field('Exchanges repeated inside the grace period.')
  retried!: number;

  @Field('Spent tokens that came back too late.')
  reused!: number;

  @Field('Families revoked.')
  revoked!: number;

  @Field('Genuine tokens refused.')
  refused!: number;
}

@Model('RefreshTokenCounts', 'What happened in one stretch of time.')
class CountsAtView extends CountsView {
  @Field('When the stretch began.', instant)
  at!: string;
}

@Model('RefreshTokenTiles', 'What lives now, and what happened in the whole range.')
class TilesView extends CountsView {
  @Field('Families that live.', of(TotalView))
  active!: TotalView;

  @Field('Subjects who have one.', of(TotalView))
  subjects!: TotalView;

  @Field('Families that live and will end within 24 hours unless they are used.', of(TotalView))
  expiring!: TotalView;
}

@Model('RefreshTokenStatistics', 'The numbers of the overview.')
export class StatisticsView {
  @Field('How far back.', oneOf(STATS_RANGES))
  range!: StatsRange;

  @Field('Where the range begins.', instant)
  from!: string;

  @Field('Where it ends: now.', instant)
  to!: string;

  @Field('Length of each stretch of `series`.')
  bucketSeconds!: number;

  @Field('The sums.', of(TilesView))
  tiles!: TilesView;

  @Field('The stretches, in the order of time.', listOf(of(CountsAtView)))
  series!: CountsAtView[];
}
