import type { Attack } from './attack.ts';
import { DOCUMENT_ATTACKS } from './document-attacks.ts';
import { HTTP_ATTACKS } from './http-attacks.ts';
import { VALUE_ATTACKS } from './value-attacks.ts';

/** What people try against GraphQL servers. None of it makes a call to a vendor, whatever comes out. */
export const ATTACKS: readonly Attack[] = [...DOCUMENT_ATTACKS, ...VALUE_ATTACKS, ...HTTP_ATTACKS];
