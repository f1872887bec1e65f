import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { jsonAnswer } from './hubspot-answers.ts';
import { PRIMARY_COMPANY } from './hubspot-association-types.ts';
import { readBody } from './hubspot-body.ts';
import type { ObjectType } from './hubspot-ids.ts';
import { ASSOCIATION_TYPES, readLinks } from './hubspot-links.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

/** `POST /crm/v4/associations/{from}/{to}/batch/create` */
export function createAssociations(
  store: HubSpotStore,
  from: ObjectType,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(CREATE, request);
  if (!body.success) return body.answer;
  const linked: [End, End, boolean][] = [];
  for (const input of body.data.inputs) {
    const links = readLinks(from, [input], store);
    if (!links.success) return links.answer;
    for (const { to, isPrimary } of links.data)
      linked.push([{ type: from, id: input.from.id }, to, isPrimary]);
  }
  for (const [end, other, isPrimary] of linked) {
    store.associate(end, other);
    if (isPrimary) setPrimary(store, end, other.id);
  }
  const results = linked.map(([end, other]) => ({ from: { id: end.id }, to: { id: other.id } }));
  return {
    ...jsonAnswer(201, { status: 'COMPLETE', results }),
    wrote: '/associations/{from}/{to}/batch/create',
  };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/archive`: ends all that is between two records. */
export function archiveAssociations(
  store: HubSpotStore,
  from: ObjectType,
  to: ObjectType,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(ARCHIVE, request);
  if (!body.success) return body.answer;
  for (const input of body.data.inputs) {
    const end = { type: from, id: input.from.id };
    for (const { id } of input.to) {
      store.dissociate(end, { type: to, id });
      if (store.find(from, end.id)?.properties[PRIMARY_COMPANY[from] ?? ''] === id)
        setPrimary(store, end, null);
    }
  }
  return { status: 204, wrote: '/associations/{from}/{to}/batch/archive' };
}

function setPrimary(store: HubSpotStore, { type, id }: End, companyId: string | null) {
  const [record, property] = [store.find(type, id), PRIMARY_COMPANY[type]];
  if (record === undefined || property === undefined) return;
  store.put(type, { ...record, properties: { ...record.properties, [property]: companyId } });
}

const END = z.object({ id: z.coerce.string() });

const CREATE = z.object({
  inputs: z.array(z.object({ from: END, to: END, types: ASSOCIATION_TYPES })),
});

const ARCHIVE = z.object({ inputs: z.array(z.object({ from: END, to: z.array(END) })) });
