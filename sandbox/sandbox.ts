import type { Fault } from './faults.ts';
import { createGoogleSandboxVendor } from './google/google-sandbox-vendor.ts';
import { createHubSpotSandboxVendor } from './hubspot/hubspot-sandbox-vendor.ts';
import { KEY_PROPERTY } from './hubspot/hubspot-records.ts';
import type { SandboxVendor } from './sandbox-vendor.ts';
import { startSandboxVendorServer, type SandboxVendorServer } from './sandbox-vendor-server.ts';
import { createStripeSandboxVendor } from './stripe/stripe-sandbox-vendor.ts';
import { buildWorld, type World } from './world/world.ts';

export const VENDORS = ['hubspot', 'stripe', 'google'] as const;

export type Vendor = (typeof VENDORS)[number];

export interface SandboxOptions<Started extends Vendor> {
  /** @default all */
  readonly vendors?: readonly Started[];
  /** @default free ones */
  readonly ports?: Partial<Record<Vendor, number>>;
  /** How long each answer is held back. @default 0 */
  readonly latencyMs?: number;
  /** What goes wrong from the start; it can be changed later. @default nothing */
  readonly faults?: Partial<Record<Vendor, Fault>>;
  /** Whether calls above the vendors' rates are refused. @default false */
  readonly limits?: boolean;
  /** After how many milliseconds Stripe's search knows of a write. @default a minute */
  readonly searchLagMs?: number;
}

/** Running sandbox vendors, one property for each: `sandbox.hubspot.fault = 'hang'`. */
export type Sandbox<Started extends Vendor = Vendor> = Readonly<
  Record<Started, SandboxVendorServer>
> & {
  /** The environment variables that lead a process to these sandbox vendors instead of the vendors. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/**
 * Starts sandbox vendors of vendors on 127.0.0.1, all telling of the same seeded world.
 * @throws {Error} when a port is taken.
 */
export async function startSandbox<Started extends Vendor = Vendor>(
  options: SandboxOptions<Started> = {},
): Promise<Sandbox<Started>> {
  const {
    vendors = VENDORS,
    ports = {},
    latencyMs = 0,
    faults = {},
    limits = false,
    searchLagMs,
  } = options;
  const world = buildWorld();
  const starting = vendors.map(async (vendor) => {
    const settings = { port: ports[vendor], latencyMs, fault: faults[vendor] ?? null, limits };
    return [
      vendor,
      await startSandboxVendorServer({
        sandboxVendor: SANDBOX_VENDORS[vendor](world, searchLagMs),
        ...settings,
      }),
    ] as const;
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
  // Every started vendor has its entry: they were mapped one to one.
  const byVendor = Object.fromEntries(servers) as Record<Started, SandboxVendorServer>;
  return {
    ...byVendor,
    environment: Object.fromEntries(
      servers.flatMap(([vendor, { baseUrl }]) =>
        Object.entries({
          ...ENVIRONMENTS[vendor](baseUrl),
          ...(!limits && { [`${vendor.toUpperCase()}_RATE_LIMIT`]: 'none' }),
        }),
      ),
    ),
    close: async () => {
      await Promise.all(servers.map(([, server]) => server.stop()));
    },
  };
}

const SANDBOX_VENDORS: Record<
  Vendor,
  (world: World, searchLagMs: number | undefined) => SandboxVendor
> = {
  hubspot: (world) => createHubSpotSandboxVendor(world),
  stripe: (world, searchLagMs) => createStripeSandboxVendor(world, { searchLagMs }),
  google: (world) => createGoogleSandboxVendor(world),
};

/** The keys have the vendors' forms, so that whatever checks the form is content, and say what they are. */
const ENVIRONMENTS: Record<Vendor, (baseUrl: string) => Record<string, string>> = {
  hubspot: (baseUrl) => ({
    HUBSPOT_ACCESS_TOKEN: 'pat-na1-sandbox',
    HUBSPOT_BASE_URL: baseUrl,
    HUBSPOT_IDEMPOTENCY_PROPERTY: KEY_PROPERTY,
  }),
  stripe: (baseUrl) => ({ STRIPE_SECRET_KEY: 'sk_test_sandbox', STRIPE_BASE_URL: baseUrl }),
  google: (baseUrl) => ({
    GOOGLE_MAPS_API_KEY: 'AIzaSandbox',
    GOOGLE_GEOCODING_BASE_URL: baseUrl,
    GOOGLE_ROUTES_BASE_URL: baseUrl,
    GOOGLE_PLACES_BASE_URL: baseUrl,
  }),
};
