import { z } from 'zod';
import { addProblem, allOf, type Settings } from '../../settings/settings.ts';
import { httpUrl } from '../../settings/values.ts';
import type { ComputedFields } from '../connect/computed-fields.ts';
import type { BaseUrls, ConnectorFile } from '../connect/connector-file.ts';
import { readConnectors } from '../connect/read-connectors.ts';
import { readPolicy, sourcePolicySchema } from '../connect/source-policy.ts';

/** A built-in subgraph of public APIs: its SDL is `schema/feeds/<name>.graphql`. */
export interface Feed {
  /** The name in `graph.yaml`: `{ feed: weather }`. */
  readonly name: string;
  /** The sources in the SDL. */
  readonly sources: readonly FeedSource[];
  /**
   * Fields that are calculated from connector results: their SDL is `schema/feeds/<name>-computed.graphql`.
   * @default none
   */
  readonly computed?: (sdl: string) => ComputedFields;
}

export interface FeedSource {
  /** The name in the SDL, and of the sandbox vendor that replaces the source. */
  readonly name: string;
  /**
   * The policy of the API, as in a `graph.yaml`. `NAME_BASE_URL` overrides the `baseURL` of the SDL.
   * @param contact how the API's operators reach the operator of this server
   */
  policy(contact: string): z.input<typeof sourcePolicySchema>;
}

/** Identifies this server to an API without keys. */
export const userAgent = (contact: string) => ({
  header: { name: 'user-agent', value: `Tributary (${contact})` },
});

/** The feeds that a `graph.yaml` can name, and a reader of their SDL. */
export interface KnownFeeds {
  readonly feeds: readonly Feed[];
  readonly readSdl: ReadSdl;
}

type ReadSdl = (name: string) => string;

export const NO_FEEDS: KnownFeeds = {
  feeds: [],
  readSdl: (name) => {
    throw new TypeError(`There is no ${name}.`);
  },
};

export interface FeedConfig {
  readonly contact: string | undefined;
  readonly baseUrls: BaseUrls;
}

/** Without this variable, sandbox vendors replace the sources of all feeds. */
const FEEDS_CONTACT = 'FEEDS_CONTACT';

/** @param mayUseSandbox whether sandbox vendors may replace sources: not in production, as for other vendors */
export function feedSettings(
  { name, sources }: Feed,
  { mayUseSandbox }: { readonly mayUseSandbox: boolean },
): Settings<FeedConfig> {
  const variables = sources.map((source) => [source.name, baseUrlVariable(source)] as const);
  return allOf({
    contact: z.object({ [FEEDS_CONTACT]: contact().optional() }),
    urls: z.object(
      Object.fromEntries(variables.map(([, variable]) => [variable, httpUrl().optional()])),
    ),
  }).transform(({ contact: { [FEEDS_CONTACT]: contact }, urls }, context) => {
    if (contact === undefined && !mayUseSandbox)
      addProblem(
        context,
        `${FEEDS_CONTACT} must be set in production: an e-mail address or a URL, by which the operators of the APIs of the data feed ${name} reach you.`,
      );
    // A base URL alone would have no effect without a warning.
    for (const [, variable] of variables)
      if (contact === undefined && urls[variable] !== undefined)
        addProblem(context, `${variable} is set, so ${FEEDS_CONTACT} must be set too.`);
    const baseUrls = Object.fromEntries(
      variables.map(([source, variable]) => [source, urls[variable]]),
    );
    return { contact, baseUrls };
  });
}

const contact = () =>
  z
    .string()
    .regex(
      /^(?:[\w.+-]{1,64}@[\w.-]{1,200}|https?:\/\/[\w.~:/-]{1,200})$/,
      'must be an e-mail address or a URL',
    );

const baseUrlVariable = ({ name }: FeedSource) => `${name.toUpperCase()}_BASE_URL`;

/** Creates the subgraph of a feed. */
export function openFeed(
  /** The name of the subgraph. */
  name: string,
  feed: Feed,
  readSdl: ReadSdl,
  { contact, baseUrls }: FeedConfig,
): ConnectorFile {
  const file = readFeed(name, feed, readSdl, { contact, baseUrls });
  if (contact !== undefined) return file;
  return {
    ...file,
    sandbox: {
      reason: `${FEEDS_CONTACT} is not set`,
      vendors: feed.sources.map((source) => source.name),
      withUrls: (urls) => readFeed(name, feed, readSdl, { contact, baseUrls: urls }),
    },
  };
}

function readFeed(
  name: string,
  feed: Feed,
  readSdl: ReadSdl,
  { contact = SANDBOX_CONTACT, baseUrls }: FeedConfig,
): ConnectorFile {
  const policies = new Map(
    feed.sources.map((source) => {
      const baseUrl = baseUrls[source.name];
      const policy = { ...source.policy(contact), ...(baseUrl !== undefined && { baseUrl }) };
      return [source.name, readPolicy(sourcePolicySchema.parse(policy))] as const;
    }),
  );
  const path = `feeds/${feed.name}`;
  const read = readConnectors({ name, path: `${path}.graphql`, sdl: readSdl(path), policies });
  if (read.file === undefined)
    throw new TypeError(
      `The feed ${feed.name} was expected to be valid: ${read.problems.join(' ')}`,
    );
  const computed = feed.computed?.(readSdl(`${path}-computed`));
  return computed === undefined
    ? read.file
    : { ...read.file, sdl: `${read.file.sdl}\n${computed.sdl}`, computed };
}

const SANDBOX_CONTACT = 'sandbox@example.com';
