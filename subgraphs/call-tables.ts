import type { CallTables } from '../limits/call-table.ts';
import { CRM_CALLS } from './crm/calls.ts';
import { MAPS_CALLS } from './maps/calls.ts';
import { PAYMENTS_CALLS } from './payments/calls.ts';

/** The calls that each part of the graph makes, for a gateway that may run no part of it itself. */
export const CALL_TABLES = { crm: CRM_CALLS, payments: PAYMENTS_CALLS, maps: MAPS_CALLS } satisfies CallTables;
