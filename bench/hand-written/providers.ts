import type { Environment, Problems } from '../../configuration/environment.ts';
import { CRM_VENDORS } from '../../subgraphs/crm/vendors.ts';
import { MAPS_VENDORS } from '../../subgraphs/maps/vendors.ts';
import { PAYMENTS_VENDORS } from '../../subgraphs/payments/vendors.ts';
import type { Providers } from './answers.ts';

export function createProviders(environment: Environment): Providers {
  const problems: Problems = [];
  const crm = CRM_VENDORS['hubspot']?.create(environment, problems);
  const payments = PAYMENTS_VENDORS['stripe']?.create(environment, problems);
  const maps = MAPS_VENDORS['google']?.create(environment, problems);
  if (crm === undefined || payments === undefined || maps === undefined) throw new Error(problems.join('\n'));
  return { crm, payments, maps };
}
