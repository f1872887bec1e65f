import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import type { World, WorldOwner } from '../world/world.ts';
import { errorAnswer, jsonAnswer, validationError } from './hubspot-responses.ts';
import { ownerId } from './hubspot-ids.ts';

/** One whose user was removed: deals keep their owner. */
export const FORMER_OWNER: WorldOwner = {
  key: 50,
  firstName: 'Tomas',
  lastName: 'Lindqvist',
  email: 'tomas.lindqvist@tributary.example',
  createdAt: '2023-06-02T08:30:00.000Z',
  updatedAt: '2025-01-31T16:00:00.000Z',
};

/** Those who are users, or in their place those who were. */
const ownersOf = ({ owners }: World, query: URLSearchParams) =>
  query.get('archived') === 'true' ? [FORMER_OWNER] : owners;

/** `GET /crm/v3/owners` */
export function listOwners(
  world: World,
  { query, headers, path }: SandboxVendorRequest,
): SandboxVendorResponse {
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    return validationError('The limit must be between 1 and 500');
  const email = query.get('email');
  const from = Number(query.get('after') ?? 0);
  const found = ownersOf(world, query).filter((owner) => email === null || owner.email === email);
  const after = String(from + limit);
  const link = `http://${headers['host'] ?? ''}${path}?limit=${String(limit)}&after=${after}`;
  return jsonAnswer(200, {
    results: found.slice(from, from + limit).map(toOwner),
    ...(from + limit < found.length ? { paging: { next: { after, link } } } : {}),
  });
}

/** `GET /crm/v3/owners/{id}` */
export function getOwner(
  world: World,
  id: string,
  { query }: SandboxVendorRequest,
): SandboxVendorResponse {
  const owner = ownersOf(world, query).find(({ key }) => ownerId(key) === id);
  return owner
    ? jsonAnswer(200, toOwner(owner))
    : errorAnswer(404, `No owner was found with id ${id}`, 'OBJECT_NOT_FOUND');
}

function toOwner({ key, email, firstName, lastName, createdAt, updatedAt }: WorldOwner) {
  const userId = 41230077 + key * 911;
  const archived = key === FORMER_OWNER.key;
  return {
    id: ownerId(key),
    email,
    type: 'PERSON',
    firstName,
    lastName,
    // One who is no longer a user has no id as one.
    ...(archived ? {} : { userId }),
    userIdIncludingInactive: userId,
    createdAt,
    updatedAt,
    archived,
  };
}
