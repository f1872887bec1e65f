import { accountOf, type CachePolicy, type Lifetimes, NO_LIFETIMES } from '../../../../upstream/upstream-policy.ts';
import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { CachedType } from '../../domain.ts';

export const hubspotCache = (accessToken: string, lifetimes: Lifetimes = NO_LIFETIMES): CachePolicy => ({
  account: accountOf(accessToken),
  kindOf,
  ...lifetimes,
});

/** Links of records are about those that they lead to. */
function kindOf({ path }: AnyRequest): CachedType | undefined {
  const [, , , area = '', from = '', to = ''] = path.split('/');
  return KINDS[area === 'associations' ? to : area === 'objects' || area === 'properties' ? `${area}/${from}` : area];
}

const KINDS: Readonly<Record<string, CachedType>> = {
  'objects/contacts': 'Customer',
  'objects/companies': 'Company',
  'objects/deals': 'Deal',
  contacts: 'Customer',
  companies: 'Company',
  deals: 'Deal',
  pipelines: 'Pipeline',
  'properties/contacts': 'LifecycleStage',
  owners: 'Owner',
};
