import { createEcbSandboxVendor } from './ecb/ecb-sandbox-vendor.ts';
import { createBusyTimer } from './events/busy-timer.ts';
import type { Fault } from './faults.ts';
import { createGoogleSandboxVendor } from './google/google-sandbox-vendor.ts';
import type { HubSpotEdits } from './hubspot/hubspot-edits.ts';
import { createHubSpotSandboxVendor } from './hubspot/hubspot-sandbox-vendor.ts';
import { CLIENT_SECRET } from './hubspot/hubspot-webhooks.ts';
import { KEY_PROPERTY } from './hubspot/hubspot-records.ts';
import { createMetnoSandboxVendor } from './metno/metno-sandbox-vendor.ts';
import { createNwsSandboxVendor } from './nws/nws-sandbox-vendor.ts';
import type { SandboxVendor } from './sandbox-vendor.ts';
import { startSandboxVendorServer, type SandboxVendorServer } from './sandbox-vendor-server.ts';
import { signingSecret } from './stripe/shapes/webhook-endpoint.ts';
import type { StripeEdits } from './stripe/stripe-edits.ts';
import { createStripeSandboxVendor } from './stripe/stripe-sandbox-vendor.ts';
import { OWN_ENDPOINT } from './stripe/stripe-webhooks.ts';
import { buildWorld, type World } from './world/world.ts';

/** Those behind the built-in subgraphs. */
export const VENDORS = ['hubspot', 'stripe', 'google'] as const;

/** Those behind data feeds. */
export const FEED_VENDORS = ['nws', 'metno', 'ecb'] as const;

export type Vendor = (typeof VENDORS)[number];

export type AnyVendor = Vendor | (typeof FEED_VENDORS)[number];

export interface SandboxOptions<Started extends AnyVendor> {
  /** @default those behind the built-in subgraphs */
  readonly vendors?: readonly Started[];
  /** @default free ones */
  readonly ports?: Partial<Record<AnyVendor, number>>;
  /** How long each answer is held back. @default 0 */
  readonly latencyMs?: number;
  /** What goes wrong from the start; it can be changed later. @default nothing */
  readonly faults?: Partial<Record<AnyVendor, Fault>>;
  /** Whether calls above the vendors' rates are refused. @default false */
  readonly limits?: boolean;
  /** Delay until a write is in the search index, in milliseconds. @default a minute for Stripe's, 5 seconds for HubSpot's */
  readonly searchLagMs?: number;
  /** The clock of changes, events and limits of HubSpot and Stripe, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Whether the vendors' accounts change by themselves, a few times a minute. @default false */
  readonly busy?: boolean;
}

/** Running sandbox vendors, one property for each: `sandbox.hubspot.fault = 'hang'`. */
export type Sandbox<Started extends AnyVendor = Vendor> = {
  readonly [One in Started]: SandboxVendorServer & Edited<One>;
} & {
  /** The environment variables that lead a process to these sandbox vendors instead of the vendors. */
  readonly environment: Readonly<Record<string, string>>;
  /** The environment variables with the secrets that their events are signed with. */
  readonly webhookEnvironment: Readonly<Record<string, string>>;
  /** Sends the events of all vendors to a process. */
  deliverTo(process: EventProcess): void;
  close(): Promise<void>;
};

/** What receives events at `/webhooks/<vendor>`. */
export interface EventProcess {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** As the vendors believe to call it. @default `url` */
  readonly publicUrl?: string | undefined;
}

/** Of vendors whose pages can be used: `sandbox.stripe.edit.payInvoice('in_1')`. */
type Edited<One extends AnyVendor> = One extends keyof Edits
  ? { readonly edit: Edits[One] }
  : unknown;

interface Edits {
  readonly hubspot: HubSpotEdits;
  readonly stripe: StripeEdits;
}

/**
 * Starts sandbox vendors of vendors on 127.0.0.1, all telling of the same seeded world.
 * @throws {Error} when a port is taken.
 */
export async function startSandbox<Started extends AnyVendor = Vendor>(
  options: SandboxOptions<Started> = {},
): Promise<Sandbox<Started>> {
  const {
    // A cast: without a list, its type is that of the default.
    vendors = VENDORS as readonly AnyVendor[] as readonly Started[],
    ports = {},
    latencyMs = 0,
    faults = {},
    limits = false,
    busy = false,
  } = options;
  const world = buildWorld();
  const starting = vendors.map(async (vendor) => {
    const settings = { port: ports[vendor], latencyMs, fault: faults[vendor] ?? null, limits };
    const sandboxVendor = SANDBOX_VENDORS[vendor](world, options);
    const server = await startSandboxVendorServer({ sandboxVendor, ...settings });
    const busyTimer = busy ? createBusyTimer(sandboxVendor) : undefined;
    return [vendor, Object.assign(server, { edit: sandboxVendor.edit }), busyTimer] as const;
  });
  const servers = await Promise.all(starting).catch(async (error: unknown) => {
    // One that cannot start must not leave the others running.
    const outcomes = await Promise.allSettled(starting);
    await Promise.all(
      outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value[1].stop()] : [],
      ),
    );
    throw error;
  });
  // Every started vendor has its entry: they were mapped one to one, with the edits of its own.
  const byVendor = Object.fromEntries(
    servers.map(([vendor, server]) => [vendor, server]),
  ) as unknown as {
    readonly [One in Started]: SandboxVendorServer & Edited<One>;
  };
  return {
    ...byVendor,
    environment: Object.fromEntries(
      servers.flatMap(([vendor, { baseUrl }]) =>
        Object.entries({
          ...ENVIRONMENTS[vendor](baseUrl),
          ...(!limits && rateLimitOf(vendor)),
        }),
      ),
    ),
    webhookEnvironment: Object.assign(
      {},
      ...servers.map(([vendor]) => WEBHOOK_SECRETS[vendor]),
    ) as Record<string, string>,
    deliverTo({ url, publicUrl }) {
      for (const [vendor, server] of servers)
        server.deliverTo({
          url: `${url}/webhooks/${vendor}`,
          publicUrl: publicUrl === undefined ? undefined : `${publicUrl}/webhooks/${vendor}`,
        });
    },
    close: async () => {
      for (const [, , busyTimer] of servers) busyTimer?.stop();
      await Promise.all(servers.map(([, server]) => server.stop()));
    },
  };
}

/** Those of data feeds have none. */
const rateLimitOf = (vendor: AnyVendor) =>
  VENDORS.some((one) => one === vendor) ? { [`${vendor.toUpperCase()}_RATE_LIMIT`]: 'none' } : {};

const SANDBOX_VENDORS: Record<
  AnyVendor,
  (world: World, options: Pick<SandboxOptions<AnyVendor>, 'searchLagMs' | 'now'>) => SandboxVendor
> = {
  hubspot: (world, { searchLagMs, now = Date.now }) =>
    createHubSpotSandboxVendor(world, { searchLagMs, now }),
  stripe: (world, { searchLagMs, now = Date.now }) =>
    createStripeSandboxVendor(world, { searchLagMs, now }),
  google: (world) => createGoogleSandboxVendor(world),
  nws: (world) => createNwsSandboxVendor(world),
  metno: () => createMetnoSandboxVendor(),
  ecb: () => createEcbSandboxVendor(),
};

/** Of those that send events. */
const WEBHOOK_SECRETS: Partial<Record<AnyVendor, Record<string, string>>> = {
  hubspot: { HUBSPOT_CLIENT_SECRETS: CLIENT_SECRET },
  stripe: { STRIPE_WEBHOOK_SECRETS: signingSecret(OWN_ENDPOINT) },
};

/** What makes a process call the sources of data feeds. */
const FEEDS = { FEEDS_CONTACT: 'sandbox@example.com' };

/** The keys have the vendors' formats, so that format checks pass, and are recognisable as sandbox keys. */
const ENVIRONMENTS: Record<AnyVendor, (baseUrl: string) => Record<string, string>> = {
  hubspot: (baseUrl) => ({
    HUBSPOT_ACCESS_TOKEN: 'pat-na1-sandbox',
    HUBSPOT_BASE_URL: baseUrl,
    HUBSPOT_IDEMPOTENCY_PROPERTY: KEY_PROPERTY,
  }),
  stripe: (baseUrl) => ({
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_BASE_URL: baseUrl,
  }),
  google: (baseUrl) => ({
    GOOGLE_MAPS_API_KEY: 'AIzaSandbox',
    GOOGLE_GEOCODING_BASE_URL: baseUrl,
    GOOGLE_ROUTES_BASE_URL: baseUrl,
    GOOGLE_PLACES_BASE_URL: baseUrl,
  }),
  nws: (baseUrl) => ({ ...FEEDS, NWS_BASE_URL: baseUrl }),
  metno: (baseUrl) => ({ ...FEEDS, METNO_BASE_URL: baseUrl }),
  ecb: (baseUrl) => ({ ...FEEDS, ECB_BASE_URL: `${baseUrl}/service` }),
};
