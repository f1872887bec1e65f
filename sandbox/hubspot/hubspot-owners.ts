import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import type { World, WorldOwner } from '../world/world.ts';
import { errorAnswer, jsonAnswer, validationError } from './hubspot-answers.ts';
import { ownerId } from './hubspot-ids.ts';

/** `GET /crm/v3/owners` */
export function listOwners(
  { owners }: World,
  { query, headers, path }: SandboxVendorRequest,
): SandboxVendorResponse {
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    return validationError('The limit must be between 1 and 500');
  const email = query.get('email');
  const from = Number(query.get('after') ?? 0);
  const found = owners.filter((owner) => email === null || owner.email === email);
  const after = String(from + limit);
  const link = `http://${headers['host'] ?? ''}${path}?limit=${String(limit)}&after=${after}`;
  return jsonAnswer(200, {
    results: found.slice(from, from + limit).map(toOwner),
    ...(from + limit < found.length ? { paging: { next: { after, link } } } : {}),
  });
}

/** `GET /crm/v3/owners/{id}` */
export function getOwner({ owners }: World, id: string): SandboxVendorResponse {
  const owner = owners.find(({ key }) => ownerId(key) === id);
  return owner
    ? jsonAnswer(200, toOwner(owner))
    : errorAnswer(404, `No owner was found with id ${id}`, 'OBJECT_NOT_FOUND');
}

function toOwner({ key, email, firstName, lastName, createdAt, updatedAt }: WorldOwner) {
  const userId = 41230077 + key * 911;
  return {
    id: ownerId(key),
    email,
    type: 'PERSON',
    firstName,
    lastName,
    userId,
    userIdIncludingInactive: userId,
    createdAt,
    updatedAt,
    archived: false,
  };
}
