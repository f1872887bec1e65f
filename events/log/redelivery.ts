/**
 * How long after an event is stored its vendor may redeliver it; milliseconds. No vendor is known to retry for longer than three days.
 */
export const REDELIVERY_MS = 3 * 24 * 3_600_000;
