import { z } from 'zod';
import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import { WORLD_TIME } from '../world/times.ts';
import type { World } from '../world/world.ts';
import { PRIMARY_COMPANY } from './hubspot-association-types.ts';
import { ALWAYS_ANSWERED, computed, filledIn } from './hubspot-computed-properties.ts';
import { createdProperty, modifiedProperty, type ObjectType } from './hubspot-ids.ts';
import { ASSOCIATIONS, isPrimary, makeLink, readLinks, type Link } from './hubspot-links.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import { refusalOfMissing } from './hubspot-required-properties.ts';
import type { HubSpotStore } from './hubspot-store.ts';
import { conflictOf } from './hubspot-unique-properties.ts';
import { refusalOfValues, toStored, type Values } from './hubspot-validation.ts';

/** Changes of records that are checked first, and made when all that belongs to a request can be made. */
export interface RecordChanges {
  create(type: ObjectType, input: z.output<typeof NEW_RECORD>, rules: Rules): Change;
  update(type: ObjectType, before: HubSpotRecord, values: Values, rules: Rules): Change;
  /** When the next change is made: after the one before, so that what is written last is the newest, and never before the world's time. */
  nextTime(): string;
  /** Of a change that is not made by one of the above. */
  count(): void;
}

/** The rules that the account's administrators made for its pages. */
export interface Rules {
  readonly areEnforced: boolean;
}

export type Change =
  | { readonly success: false; readonly answer: SandboxVendorResponse }
  /** `make` returns the record as HubSpot answers it then. */
  | { readonly success: true; readonly make: () => object };

/** Numbers and booleans are taken as text. An empty text clears a property, and e-mail addresses are kept in lower case. */
export const PROPERTIES = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .transform((values): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const text = value === null || value === '' ? null : String(value);
        return [name, name === 'email' ? (text?.toLowerCase() ?? null) : text];
      }),
    ),
  );

export const NEW_RECORD = z.object({ properties: PROPERTIES, associations: ASSOCIATIONS });

/** @param clock milliseconds */
export function createRecordChanges(
  world: World,
  store: HubSpotStore,
  clock: () => number,
): RecordChanges {
  let made = 0;
  let last = 0;
  const nextTime = () =>
    new Date(Math.max(clock(), last + 1, WORLD_TIME + 1000 * (made + 1))).toISOString();
  const knownTo = (type: ObjectType) => new Set(Object.keys(store.all(type)[0]?.properties ?? {}));
  const put = (type: ObjectType, record: HubSpotRecord) => {
    made += 1;
    last = Math.max(last, Date.parse(record.updatedAt));
    store.put(type, record);
  };

  return {
    nextTime,
    count: () => void (made += 1),
    create(type, { properties: values, associations }, { areEnforced }) {
      const [id, now] = [store.nextId(type), nextTime()];
      const blank = Object.fromEntries([...knownTo(type)].map((name) => [name, null]));
      const after = { ...blank, ...filledIn(type, id, values, now), ...defined(values) };
      const refusal =
        refusalOfValues(type, values, knownTo(type), after, world) ??
        (areEnforced ? refusalOfMissing(type, values, after, 'creating') : undefined) ??
        conflictOf(type, id, values, store);
      if (refusal !== undefined) return { success: false, answer: refusal };
      const links = readLinks(type, associations, store);
      if (!links.success) return links;
      const properties = { ...toStored(type, after), ...primaryOf(type, links.data) };
      const record = stamp(type, { id, properties, createdAt: now, updatedAt: now });
      const make = () => {
        put(type, record);
        for (const link of links.data) makeLink(store, { type, id }, link);
        return toAnswer(record, (name) => record.properties[name] !== null);
      };
      return { success: true, make };
    },
    update(type, before, values, { areEnforced }) {
      const after = { ...before.properties, ...values };
      const refusal =
        refusalOfValues(type, values, knownTo(type), after, world) ??
        (areEnforced ? refusalOfMissing(type, values, after, 'updating') : undefined) ??
        conflictOf(type, before.id, values, store);
      if (refusal !== undefined) return { success: false, answer: refusal };
      const properties = toStored(type, after);
      const record = stamp(type, { ...before, properties, updatedAt: nextTime() });
      const make = () => {
        put(type, record);
        return toAnswer(
          record,
          (name) =>
            name in values || (ALWAYS_ANSWERED.has(name) && record.properties[name] !== null),
        );
      };
      return { success: true, make };
    },
  };
}

const defined = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** The first company of a record is its primary one, unless another is named so. */
function primaryOf(type: ObjectType, links: readonly Link[]): Values {
  const companies = links.filter(({ to }) => to.type === 'companies');
  const primary = companies.find(isPrimary) ?? companies[0];
  const property = PRIMARY_COMPANY[type];
  return primary === undefined || property === undefined ? {} : { [property]: primary.to.id };
}

export function stamp(type: ObjectType, record: HubSpotRecord): HubSpotRecord {
  const { id, createdAt, updatedAt, properties } = record;
  const times = {
    hs_object_id: id,
    [createdProperty(type)]: createdAt,
    [modifiedProperty(type)]: updatedAt,
  };
  return {
    ...record,
    properties: { ...properties, ...computed(type, properties, updatedAt), ...times },
  };
}

/** What was cleared is there as an empty text. */
function toAnswer(
  { id, properties, createdAt, updatedAt }: HubSpotRecord,
  isAnswered: (name: string) => boolean,
): object {
  const names = Object.keys(properties).filter(isAnswered).toSorted();
  const shown = Object.fromEntries(names.map((name) => [name, properties[name] ?? '']));
  return { id, properties: shown, createdAt, updatedAt, archived: false };
}
