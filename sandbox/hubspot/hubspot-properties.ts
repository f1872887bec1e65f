import type { LookAlikeAnswer } from '../look-alike.ts';
import { errorAnswer, jsonAnswer } from './hubspot-answers.ts';
import { SINGULAR, type ObjectType } from './hubspot-ids.ts';
import type { HubSpotRecord } from './hubspot-records.ts';

/** `GET /crm/v3/properties/{type}` and one of them by its name. */
export function answerProperties(type: ObjectType, records: readonly HubSpotRecord[], name: string | undefined): LookAlikeAnswer {
  const names = Object.keys(records[0]?.properties ?? {}).toSorted();
  if (name === undefined) return jsonAnswer(200, { results: names.map((property) => toDefinition(type, property)) });
  if (names.includes(name)) return jsonAnswer(200, toDefinition(type, name));
  return errorAnswer(404, `Property ${name} does not exist`, 'OBJECT_NOT_FOUND');
}

function toDefinition(type: ObjectType, name: string) {
  const isLifecycleStage = name === 'lifecyclestage';
  return {
    updatedAt: '2025-11-03T10:15:22.104Z',
    createdAt: '2020-06-30T15:57:37.247Z',
    name,
    label: isLifecycleStage ? 'Lifecycle Stage' : name,
    type: isLifecycleStage ? 'enumeration' : name.endsWith('date') ? 'datetime' : 'string',
    fieldType: isLifecycleStage ? 'radio' : name.endsWith('date') ? 'date' : 'text',
    description: '',
    groupName: `${SINGULAR[type]}information`,
    options: isLifecycleStage ? LIFECYCLE_STAGES : [],
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    archived: false,
    hasUniqueValue: false,
    hidden: false,
    hubspotDefined: true,
    modificationMetadata: { archivable: false, readOnlyDefinition: true, readOnlyValue: false },
    formField: true,
    dataSensitivity: 'non_sensitive',
  };
}

/** The stages that every account begins with. */
const LIFECYCLE_STAGES = [
  ['subscriber', 'Subscriber'],
  ['lead', 'Lead'],
  ['marketingqualifiedlead', 'Marketing Qualified Lead'],
  ['salesqualifiedlead', 'Sales Qualified Lead'],
  ['opportunity', 'Opportunity'],
  ['customer', 'Customer'],
  ['evangelist', 'Evangelist'],
  ['other', 'Other'],
].map(([value, label], displayOrder) => ({ label, value, displayOrder, hidden: false }));
