import { EVIDENCE } from '../shapes/dispute.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import { findInPath, save, mergedMetadata, type Write } from '../stripe-write-context.ts';
import { disputeClosed } from '../stripe-write-errors.ts';

const OPEN: readonly unknown[] = ['needs_response', 'warning_needs_response'];

/** `POST /v1/disputes/{id}`: evidence is sent to the bank at once, unless `submit` is false. */
export const updateDispute: Write = (params, context) => {
  params.refuseUnknown(['evidence', 'expand', 'metadata', 'submit']);
  const evidence = params.inner('evidence');
  evidence?.refuseUnknown(EVIDENCE);
  const submits = params.boolean('submit') ?? true;
  const dispute = findInPath('dispute', 'dispute', context);
  if (evidence !== null && !OPEN.includes(dispute['status'])) throw disputeClosed();
  const evidenceFields = EVIDENCE.flatMap((name) =>
    evidence?.has(name) === true ? [[name, evidence.text(name)] as const] : [],
  );
  const isSent = submits && evidenceFields.length > 0;
  const details = dispute['evidence_details'] as JsonObject; // An object always.
  const after: WireObject = {
    ...dispute,
    evidence: { ...(dispute['evidence'] as JsonObject), ...Object.fromEntries(evidenceFields) }, // The same.
    evidence_details: {
      ...details,
      has_evidence: evidenceFields.length > 0 || details['has_evidence'] === true,
      submission_count: Number(details['submission_count']) + (isSent ? 1 : 0),
    },
    metadata: mergedMetadata(dispute, params),
    status: isSent ? 'under_review' : (dispute['status'] ?? null),
  };
  return save(params, context, after);
};

/** `POST /v1/disputes/{id}/close`: the payer keeps the money. */
export const closeDispute: Write = (params, context) => {
  params.refuseUnknown(['expand']);
  const dispute = findInPath('dispute', 'dispute', context);
  if (!OPEN.includes(dispute['status'])) throw disputeClosed();
  return save(params, context, { ...dispute, status: 'lost' });
};
