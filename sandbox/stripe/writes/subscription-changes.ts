import { noSuch } from '../stripe-errors.ts';
import { type JsonObject, textAt, type WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import {
  findInPath,
  findNamed,
  save,
  type Write,
  type WriteContext,
} from '../stripe-write-context.ts';
import { canceledBefore } from '../stripe-write-errors.ts';

const PARAMS = [
  'cancel_at',
  'cancel_at_period_end',
  'cancellation_details',
  'default_payment_method',
  'description',
  'expand',
  'metadata',
  'pause_collection',
];

const CHANGES_AFTER_THE_END: ReadonlySet<string> = new Set([
  'cancellation_details',
  'expand',
  'metadata',
]);

/** `POST /v1/subscriptions/{id}` */
export const updateSubscription: Write = (params, context) => {
  params.refuseUnknown(PARAMS);
  const cancels = params.boolean('cancel_at_period_end');
  const endsAt = params.integer('cancel_at', 0);
  const pause = readPause(params.inner('pause_collection'));
  const subscription = findInPath('subscription', 'id', context);
  const isOver =
    subscription['status'] === 'canceled' || subscription['status'] === 'incomplete_expired';
  if (isOver && PARAMS.some((name) => params.has(name) && !CHANGES_AFTER_THE_END.has(name)))
    throw canceledBefore();
  const after: WireObject = {
    ...subscription,
    ...changed(params, 'description'),
    ...changed(params, 'default_payment_method'),
    ...(cancels === null ? {} : cancelsAtPeriodEnd(subscription, cancels, context.now)),
    ...(params.has('cancel_at') && {
      cancel_at: endsAt,
      canceled_at: endsAt === null ? null : context.now,
    }),
    // It leaves the status as it is.
    ...(params.has('pause_collection') && { pause_collection: pause }),
    metadata: { ...(subscription['metadata'] as JsonObject), ...params.metadata() }, // An object always.
  };
  const method = params.text('default_payment_method');
  if (method !== null) findNamed('payment_method', method, 'default_payment_method', context);
  return save(params, context, withDetails(after, params));
};

/** `DELETE /v1/subscriptions/{id}`: at once. What is over is not found any more. */
export const cancelSubscription: Write = (params, context) => {
  params.refuseUnknown(['cancellation_details', 'expand', 'invoice_now', 'prorate']);
  const subscription = findInPath('subscription', 'id', context);
  const status = textAt(subscription, 'status');
  if (status === 'canceled' || status === 'incomplete_expired')
    throw noSuch('subscription', context.id, { param: 'id', status: 404 });
  const after: WireObject = {
    ...subscription,
    cancel_at: null,
    cancel_at_period_end: false,
    // A cancellation that was scheduled before keeps its time, as was recorded.
    canceled_at: subscription['canceled_at'] ?? context.now,
    cancellation_details: { ...detailsOf(subscription), reason: 'cancellation_requested' },
    ended_at: context.now,
    status: status === 'incomplete' ? 'incomplete_expired' : 'canceled',
  };
  return save(params, context, withDetails(after, params));
};

function readPause(pause: ParamReader | null): JsonObject | null {
  if (pause === null) return null;
  pause.refuseUnknown(['behavior', 'resumes_at']);
  pause.requiredText('behavior');
  return {
    behavior: pause.choice('behavior', ['keep_as_draft', 'mark_uncollectible', 'void']),
    resumes_at: pause.integer('resumes_at', 0),
  };
}

function cancelsAtPeriodEnd(
  subscription: WireObject,
  cancels: boolean,
  now: WriteContext['now'],
): JsonObject {
  const { data } = subscription['items'] as { readonly data: readonly JsonObject[] }; // A list always.
  const end = data[0]?.['current_period_end'] ?? null;
  return {
    cancel_at: cancels ? end : null,
    cancel_at_period_end: cancels,
    canceled_at: cancels ? now : null,
    cancellation_details: {
      ...detailsOf(subscription),
      reason: cancels ? 'cancellation_requested' : null,
    },
  };
}

const changed = (params: ParamReader, name: string): JsonObject =>
  params.has(name) ? { [name]: params.text(name) } : {};

const detailsOf = (subscription: WireObject) => subscription['cancellation_details'] as JsonObject; // An object always.

const FEEDBACK = [
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
] as const;

function withDetails(subscription: WireObject, params: ParamReader): WireObject {
  const details = params.inner('cancellation_details');
  if (details === null) return subscription;
  details.refuseUnknown(['comment', 'feedback']);
  const feedback = details.choice('feedback', FEEDBACK);
  return {
    ...subscription,
    cancellation_details: {
      ...detailsOf(subscription),
      comment: details.text('comment'),
      feedback,
    },
  };
}
