import { rates } from '../subgraphs/feeds/rates/rates-feed.ts';
import { weather } from '../subgraphs/feeds/weather/weather-feed.ts';
import type { Feed } from '../subgraphs/feeds/feed.ts';

/** The data feeds that a `graph.yaml` can name. */
export const FEEDS: readonly Feed[] = [weather, rates];
