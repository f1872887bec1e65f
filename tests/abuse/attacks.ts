import type { Attack } from './attack.ts';
import { DOCUMENT_ATTACKS } from './document-attacks.ts';
import { HTTP_ATTACKS } from './http-attacks.ts';
import { VALUE_ATTACKS } from './value-attacks.ts';

/** Known attacks on GraphQL servers. None of them may cause a vendor call. */
export const ATTACKS: readonly Attack[] = [...DOCUMENT_ATTACKS, ...VALUE_ATTACKS, ...HTTP_ATTACKS];
