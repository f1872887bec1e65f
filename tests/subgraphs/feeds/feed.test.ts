import { describe, expect, it } from '@jest/globals';
import { FEEDS } from '../../../bin/feeds.ts';
import { type Environment, parseSettings, type Problems } from '../../../settings/settings.ts';
import {
  areSourcesOnThisMachine,
  describeConnectors,
} from '../../../subgraphs/connect/connector-file.ts';
import { type Feed, feedSettings, openFeed } from '../../../subgraphs/feeds/feed.ts';
import { weather } from '../../../subgraphs/feeds/weather/weather-feed.ts';
import { readSdl } from '../open-subgraph.ts';

function read(feed: Feed, environment: Environment, production = false) {
  const problems: Problems = [];
  const settings = feedSettings(feed, { mayUseSandbox: !production });
  return { config: parseSettings(settings, environment, problems), problems };
}

function open(feed: Feed, environment: Environment) {
  const { config } = read(feed, environment);
  if (config === undefined) throw new Error('The settings were expected to be valid.');
  return openFeed('feed', feed, readSdl, config);
}

const CONTACT = { FEEDS_CONTACT: 'ops@example.com' };

describe.each(FEEDS.map((feed) => [feed.name, feed] as const))(
  'the data feed %s',
  (_name, feed) => {
    it('has the sources of its SDL, and no problem', () => {
      const { sources } = open(feed, CONTACT);
      expect(sources.map(({ name }) => name).sort()).toEqual(
        feed.sources.map(({ name }) => name).sort(),
      );
    });

    it('uses sandbox vendors without FEEDS_CONTACT, and the real APIs with it', () => {
      const played = open(feed, {});
      const names = feed.sources.map(({ name }) => name);
      expect(played.sandbox?.vendors).toEqual(names);
      expect(areSourcesOnThisMachine(played)).toBe(true);
      expect(describeConnectors(played)).toBe(
        `feed: sandbox vendors ${names.join(', ')} with invented data, because FEEDS_CONTACT is not set`,
      );
      const live = open(feed, CONTACT);
      expect(live.sandbox).toBeUndefined();
      expect(areSourcesOnThisMachine(live)).toBe(false);
      expect(describeConnectors(live)).toMatch(/^feed: connectors to /);
    });

    it('has no sandbox vendors in production', () => {
      expect(read(feed, {}, true).problems).toEqual([
        `FEEDS_CONTACT must be set in production: an e-mail address or a URL, by which the operators of the APIs of the data feed ${feed.name} reach you.`,
      ]);
      expect(read(feed, CONTACT, true).problems).toEqual([]);
    });
  },
);

describe('the settings of a data feed', () => {
  it.each(['ops@example.com', 'https://example.com/contact'])(
    'accept the contact %s',
    (contact) => {
      expect(read(weather, { FEEDS_CONTACT: contact }).problems).toEqual([]);
    },
  );

  it.each([
    'ops',
    'ops@example.com\r\nx: y',
    'ops (at) example.com',
    `${'a'.repeat(65)}@example.com`,
  ])('refuse the contact %j', (contact) => {
    expect(read(weather, { FEEDS_CONTACT: contact }).problems).toEqual([
      'FEEDS_CONTACT must be an e-mail address or a URL',
    ]);
  });

  it('refuse a base URL without a contact, which would be ignored', () => {
    expect(read(weather, { NWS_BASE_URL: 'http://proxy' }).problems).toEqual([
      'NWS_BASE_URL is set, so FEEDS_CONTACT must be set too.',
    ]);
  });

  it('send the contact in the User-Agent, and replace the base URL of the SDL', () => {
    const { sources } = open(weather, { ...CONTACT, METNO_BASE_URL: 'http://proxy:8080' });
    expect(sources.map(({ name, baseUrl, policy: { auth } }) => [name, baseUrl, auth])).toEqual([
      ['nws', 'https://api.weather.gov', USER_AGENT],
      ['metno', 'http://proxy:8080', USER_AGENT],
    ]);
  });
});

const USER_AGENT = { kind: 'header', name: 'user-agent', value: 'Tributary (ops@example.com)' };
