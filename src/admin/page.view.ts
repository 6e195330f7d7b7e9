import { Field, Model } from '../openapi/openapi';
import { listOf, of, orNull, text } from '../openapi/schema';
import type { Total } from '../storage/keyset-search';
import { EventView } from './event.view';
import type { Page } from './pager';
import { TokenView } from './token.view';

@Model('RefreshTokenTotal', 'A number of rows.')
export class TotalView implements Total {
  @Field('How many.')
  value!: number;

  @Field('Whether there are at least so many: counting ends somewhere.')
  capped!: boolean;
}

class PageView {
  @Field('Gives the next page; null at the end.', orNull(text))
  nextCursor!: string | null;

  @Field('Gives the page before; null at the beginning.', orNull(text))
  prevCursor!: string | null;

  @Field('How many rows there were when the first page was read.', of(TotalView))
  total!: TotalView;
}

@Model('RefreshTokenPage', 'A page of token families.')
export class TokenPage extends PageView implements Page<TokenView> {
  @Field('The rows.', listOf(of(TokenView)))
  data!: TokenView[];
}

@Model('RefreshTokenEventPage', 'A page of the audit log.')
export class EventPage extends PageView implements Page<EventView> {
  @Field('The lines.', listOf(of(EventView)))
  data!: EventView[];
}
