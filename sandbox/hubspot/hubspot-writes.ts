import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { WORLD_TIME } from '../world/times.ts';
import type { World } from '../world/world.ts';
import { errorAnswer, jsonAnswer, validationError } from './hubspot-answers.ts';
import { PRIMARY_COMPANY } from './hubspot-association-types.ts';
import { readBody } from './hubspot-body.ts';
import { ALWAYS_ANSWERED, computed, filledIn } from './hubspot-computed-properties.ts';
import type { ObjectType } from './hubspot-ids.ts';
import { ASSOCIATIONS, readLinks, type Link } from './hubspot-links.ts';
import { modifiedProperty } from './hubspot-record-answer.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { HubSpotStore } from './hubspot-store.ts';
import { conflictOf, isIdProperty } from './hubspot-unique-properties.ts';
import { refusalOfMissing } from './hubspot-required-properties.ts';
import { refusalOfValues, type Values } from './hubspot-validation.ts';

export interface HubSpotWrites {
  /** `POST /crm/v3/objects/{type}` */
  create(type: ObjectType, request: SandboxVendorRequest, rules: Rules): SandboxVendorResponse;
  /** `PATCH /crm/v3/objects/{type}/{id}`, the id being a unique property's value where the query says so. */
  update(
    type: ObjectType,
    id: string,
    request: SandboxVendorRequest,
    rules: Rules,
  ): SandboxVendorResponse;
}

/** The rules that the account's administrators made for its pages. */
interface Rules {
  readonly areEnforced: boolean;
}

/** Each write is a second after the one before, so that what is written last is the newest. */
export function createHubSpotWrites(world: World, store: HubSpotStore): HubSpotWrites {
  let writes = 0;
  const nextTime = () => new Date(WORLD_TIME + 1000 * (writes + 1)).toISOString();
  const knownTo = (type: ObjectType) => new Set(Object.keys(store.all(type)[0]?.properties ?? {}));

  function put(type: ObjectType, record: HubSpotRecord) {
    writes += 1;
    store.put(type, record);
  }

  return {
    create(type, request, { areEnforced }) {
      const body = readBody(CREATE, request);
      if (!body.success) return body.answer;
      const given = normalize(body.data.properties);
      const [id, now] = [store.nextId(type), nextTime()];
      const blank = Object.fromEntries([...knownTo(type)].map((name) => [name, null]));
      const after = { ...blank, ...filledIn(type, id, given, now), ...defined(given) };
      const refusal =
        refusalOfValues(type, given, knownTo(type), after, world) ??
        (areEnforced ? refusalOfMissing(type, given, after, 'creating') : undefined) ??
        conflictOf(type, id, given, store);
      if (refusal !== undefined) return refusal;
      const links = readLinks(type, body.data.associations, store);
      if (!links.success) return links.answer;
      const properties = { ...after, ...primaryOf(type, links.data) };
      const record = stamp(type, { id, properties, createdAt: now, updatedAt: now });
      put(type, record);
      for (const { to } of links.data) store.associate({ type, id }, to);
      return answer(201, record, (name) => record.properties[name] !== null, `/objects/${type}`);
    },
    update(type, id, request, { areEnforced }) {
      const idProperty = request.query.get('idProperty');
      if (!isIdProperty(type, idProperty))
        return validationError(`Property ${String(idProperty)} is not a unique property`);
      const body = readBody(UPDATE, request);
      if (!body.success) return body.answer;
      const before = store.find(type, id, idProperty);
      if (before === undefined) return errorAnswer(404, 'resource not found');
      const given = normalize(body.data.properties);
      const after = { ...before.properties, ...given };
      const refusal =
        refusalOfValues(type, given, knownTo(type), after, world) ??
        (areEnforced ? refusalOfMissing(type, given, after, 'updating') : undefined) ??
        conflictOf(type, before.id, given, store);
      if (refusal !== undefined) return refusal;
      const record = stamp(type, { ...before, properties: after, updatedAt: nextTime() });
      put(type, record);
      return answer(
        200,
        record,
        (name) => name in given || (ALWAYS_ANSWERED.has(name) && record.properties[name] !== null),
        `/objects/${type}/{id}`,
      );
    },
  };
}

/** Numbers and booleans are taken as text. */
const PROPERTIES = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const UPDATE = z.object({ properties: PROPERTIES });

const CREATE = z.object({ properties: PROPERTIES, associations: ASSOCIATIONS });

/** An empty text clears a property, and e-mail addresses are kept in lower case. */
function normalize(given: z.output<typeof PROPERTIES>): Values {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const text = value === null || value === '' ? null : String(value);
      return [name, name === 'email' ? (text?.toLowerCase() ?? null) : text];
    }),
  );
}

const defined = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** The first company of a record is its primary one, unless another is named so. */
function primaryOf(type: ObjectType, links: readonly Link[]): Values {
  const companies = links.filter(({ to }) => to.type === 'companies');
  const primary = companies.find(({ isPrimary }) => isPrimary) ?? companies[0];
  const property = PRIMARY_COMPANY[type];
  return primary === undefined || property === undefined ? {} : { [property]: primary.to.id };
}

function stamp(type: ObjectType, record: HubSpotRecord): HubSpotRecord {
  const { id, createdAt, updatedAt, properties } = record;
  const times = { hs_object_id: id, createdate: createdAt, [modifiedProperty(type)]: updatedAt };
  return {
    ...record,
    properties: { ...properties, ...computed(type, properties, updatedAt), ...times },
  };
}

/** What was cleared is there as an empty text. */
function answer(
  status: number,
  record: HubSpotRecord,
  isAnswered: (name: string) => boolean,
  wrote: string,
): SandboxVendorResponse {
  const { id, properties, createdAt, updatedAt } = record;
  const names = Object.keys(properties).filter(isAnswered).toSorted();
  const shown = Object.fromEntries(names.map((name) => [name, properties[name] ?? '']));
  return {
    ...jsonAnswer(status, { id, properties: shown, createdAt, updatedAt, archived: false }),
    wrote,
  };
}
