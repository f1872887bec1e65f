import type { ObjectType } from './hubspot-ids.ts';
import { dealStage } from './hubspot-pipelines.ts';
import type { Values } from './hubspot-validation.ts';

/** What HubSpot says of a record that a program made; recorded of contacts and companies. */
const MADE_BY_A_PROGRAM = {
  hs_object_source: 'INTEGRATION',
  hs_object_source_id: '4169410',
  hs_object_source_label: 'INTEGRATION',
};

/** What HubSpot fills in of itself when a record is made; what was given wins. */
export function filledIn(type: ObjectType, id: string, values: Values, now: string): Values {
  switch (type) {
    case 'contacts': {
      const stage = values['lifecyclestage'] ?? 'lead';
      return {
        ...MADE_BY_A_PROGRAM,
        hs_all_contact_vids: id,
        hs_currently_enrolled_in_prospecting_agent: 'false',
        hs_is_contact: 'true',
        hs_is_unworked: 'true',
        [`hs_lifecyclestage_${stage}_date`]: now,
        hs_membership_has_accessed_private_content: '0',
        hs_pipeline: 'contacts-lifecycle-pipeline',
        hs_registered_member: '0',
        lifecyclestage: stage,
      };
    }
    case 'companies':
      return {
        ...MADE_BY_A_PROGRAM,
        hs_pipeline: 'companies-lifecycle-pipeline',
        lifecyclestage: values['lifecyclestage'] ?? 'lead',
        website: values['website'] ?? values['domain'] ?? null,
      };
    case 'deals':
      return {
        ...MADE_BY_A_PROGRAM,
        pipeline: values['pipeline'] ?? (values['dealstage'] == null ? null : 'default'),
      };
    case 'machines':
    case 'service_visits':
      return MADE_BY_A_PROGRAM;
  }
}

/** What follows from other properties, at every write. */
export function computed(type: ObjectType, after: Values, now: string): Values {
  if (type === 'contacts') return { hs_email_domain: after['email']?.split('@')[1] ?? null };
  if (type !== 'deals') return {};
  const stage = dealStage(after['pipeline'] ?? '', after['dealstage'] ?? '')?.metadata;
  return {
    closedate: after['closedate'] ?? (stage?.isClosed === 'true' ? now : null),
    hs_deal_stage_probability: stage ? String(Number(stage.probability)) : null,
    hs_is_closed: stage?.isClosed ?? null,
    hs_is_closed_won: stage ? String(stage.probability === '1.0') : null,
  };
}

/** What is in the answer to every change, beside what was changed. */
export const ALWAYS_ANSWERED: ReadonlySet<string> = new Set([
  'createdate',
  'hs_is_closed',
  'hs_is_closed_won',
  'hs_is_contact',
  'hs_is_unworked',
  'hs_lastmodifieddate',
  'hs_object_id',
  'hs_object_source',
  'hs_object_source_id',
  'hs_object_source_label',
  'hs_pipeline',
  'lastmodifieddate',
  'lifecyclestage',
]);
