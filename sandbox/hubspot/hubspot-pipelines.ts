import { errorAnswer, jsonAnswer } from './hubspot-responses.ts';

/** `GET /crm/v3/pipelines/deals` and one of them by its id. */
export function answerPipelines(pipelineId: string | undefined) {
  if (pipelineId === undefined) return jsonAnswer(200, { results: PIPELINES });
  const pipeline = PIPELINES.find(({ id }) => id === pipelineId);
  return pipeline
    ? jsonAnswer(200, pipeline)
    : errorAnswer(404, `Pipeline ${pipelineId} does not exist`, 'OBJECT_NOT_FOUND');
}

export function dealStage(pipelineId: string, stageId: string) {
  return PIPELINES.find(({ id }) => id === pipelineId)?.stages.find(({ id }) => id === stageId);
}

export const pipelineIds = () => PIPELINES.map(({ id }) => id);

export const stageIds = (pipelineId: string) =>
  PIPELINES.find(({ id }) => id === pipelineId)?.stages.map(({ id }) => id) ?? [];

const CREATED = {
  createdAt: '2023-01-30T09:12:44.000Z',
  updatedAt: '2023-01-30T09:12:44.000Z',
  archived: false,
};

const stages = (list: readonly (readonly [id: string, label: string, probability: string])[]) =>
  list.map(([id, label, probability], displayOrder) => ({
    label,
    displayOrder,
    // Both are text, however much they look like a boolean and a number.
    metadata: { isClosed: String(probability === '0.0' || probability === '1.0'), probability },
    id,
    ...CREATED,
    writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
  }));

const PIPELINES = [
  {
    label: 'Sales Pipeline',
    displayOrder: 0,
    id: 'default',
    stages: stages([
      ['appointmentscheduled', 'Appointment Scheduled', '0.2'],
      ['qualifiedtobuy', 'Qualified To Buy', '0.4'],
      ['presentationscheduled', 'Presentation Scheduled', '0.6'],
      ['decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'],
      ['contractsent', 'Contract Sent', '0.9'],
      ['closedwon', 'Closed Won', '1.0'],
      ['closedlost', 'Closed Lost', '0.0'],
    ]),
    ...CREATED,
  },
  {
    label: 'Renewals',
    displayOrder: 1,
    id: 'renewals',
    stages: stages([
      ['renewalupcoming', 'Upcoming', '0.7'],
      ['renewalnegotiating', 'Negotiating', '0.8'],
      ['renewed', 'Renewed', '1.0'],
      ['churned', 'Churned', '0.0'],
    ]),
    ...CREATED,
  },
];
