import type { SandboxVendorResponse } from '../../sandbox/sandbox-vendor.ts';
import { createHubSpotSandboxVendor } from '../../sandbox/hubspot/hubspot-sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

/** A record of HubSpot's wire, as a test looks at it. */
export interface WireRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WireError {
  readonly status: string;
  readonly message: string;
  readonly category?: string;
  readonly errors?: readonly {
    readonly message: string;
    readonly code: string;
    readonly context: Readonly<Record<string, readonly string[]>>;
  }[];
}

export type HubSpot = ReturnType<typeof openHubSpot>;

/** A fresh sandbox vendor, asked without a network. Its clock stands still, and its search knows of writes at once. */
export function openHubSpot(now: () => number = () => 0, searchLagMs = 0) {
  const world = buildWorld();
  const sandboxVendor = createHubSpotSandboxVendor(world, { now, searchLagMs });

  function ask(method: string, url: string, body?: object): SandboxVendorResponse {
    const { pathname, searchParams } = new URL(url, 'http://hubspot.test');
    const headers = { authorization: 'Bearer pat-na1-sandbox' };
    return sandboxVendor.answer({
      method,
      path: pathname,
      query: searchParams,
      headers,
      body: body === undefined ? '' : JSON.stringify(body),
    });
  }

  return {
    sandboxVendor,
    world,
    ask,
    create: (type: string, properties: object, associations: readonly object[] = []) =>
      ask('POST', `/crm/v3/objects/${type}`, { properties, associations }),
    change: (type: string, id: string, properties: object) =>
      ask('PATCH', `/crm/v3/objects/${type}/${id}`, { properties }),
    /** The record in an answer. */
    record: ({ body }: SandboxVendorResponse) => body as WireRecord, // The test looks at the fields that it expects.
    error: ({ status, body }: SandboxVendorResponse) => ({
      httpStatus: status,
      ...(body as WireError),
    }), // The same.
    search: (type: string, propertyName: string, value: string) => {
      const filterGroups = [{ filters: [{ propertyName, operator: 'EQ', value }] }];
      const { body } = ask('POST', `/crm/v3/objects/${type}/search`, { filterGroups });
      return (body as { readonly results: readonly WireRecord[] }).results.map(({ id }) => id); // The same.
    },
    associated: (from: string, to: string, id: string) => {
      const { body } = ask('POST', `/crm/v4/associations/${from}/${to}/batch/read`, {
        inputs: [{ id }],
      });
      const { results } = body as {
        readonly results: readonly { readonly to: readonly WireEnd[] }[];
      }; // The same.
      return (results[0]?.to ?? []).map(({ toObjectId, associationTypes }) => [
        String(toObjectId),
        associationTypes.map(({ typeId }) => typeId),
      ]);
    },
  };
}

interface WireEnd {
  readonly toObjectId: number;
  readonly associationTypes: readonly { readonly typeId: number }[];
}

/** An association in the body of a create. */
export const link = (id: string, ...typeIds: readonly number[]) => ({
  to: { id },
  types: typeIds.map((associationTypeId) => ({
    associationCategory: 'HUBSPOT_DEFINED',
    associationTypeId,
  })),
});
