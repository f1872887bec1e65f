import type { VendorEvents } from '../events/catch-up/vendor-events.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import { openSubgraphs, prepareSubgraphs, type ReadSdl } from '../subgraphs/start-subgraphs.ts';
import { planVendors } from '../subgraphs/vendor-plan.ts';
import { SUBGRAPHS } from './subgraphs.ts';

/** The events of a vendor for a command. */
export interface OpenedEvents {
  readonly events: VendorEvents;
  /** The variable that must be set to call the vendor; undefined if it is set. */
  readonly missing: string | undefined;
  /** The variable that holds the secrets of its webhooks. */
  readonly secretsName: string;
}

/**
 * Connects the vendors that send events, without calling them.
 * @returns undefined on problems, which have then been added to `problems`
 */
export async function openVendorEvents(
  environment: Environment,
  readSdl: ReadSdl,
  problems: Problems,
): Promise<
  { readonly vendors: readonly OpenedEvents[]; readonly close: () => Promise<void> } | undefined
> {
  const plans = planVendors({ modules: SUBGRAPHS, environment, production: false, problems });
  const prepared = await prepareSubgraphs({ plans, environment, problems });
  if (prepared === undefined || problems.length > 0) return undefined;
  const { subgraphs, close } = openSubgraphs(prepared, { readSdl });
  const vendors = subgraphs.flatMap(({ events }) => {
    if (events === undefined) return [];
    const plan = plans.find(({ vendor }) => vendor === events.vendor);
    const missing = plan?.usesSandbox === true ? plan.credential : undefined;
    const secretsName = plan?.module.vendors[events.vendor]?.webhookSecrets ?? '';
    return [{ events, missing, secretsName }];
  });
  return { vendors, close };
}
