import { z } from 'zod';
import { markSecret } from './settings.ts';

/** An integer with bounds. Its message continues the variable's name, like that of every reader here. */
export function integer({ min, max }: { readonly min: number; readonly max: number }) {
  const message = `must be an integer from ${String(min)} to ${String(max)}.`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** How many milliseconds something may take; 0, which stands for no limit, becomes Infinity. */
export const timeoutMs = () =>
  integer({ min: 0, max: 600_000 }).transform((ms) => (ms === 0 ? Infinity : ms));

/** Whether a host, as a URL or a setting names it, is this machine for sure. */
export const isLoopback = (host: string) =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** Without what would be lost, or shown in a log, where a path is put behind it. */
export const httpUrl = () =>
  z.url({ protocol: /^https?$/, error: 'must be an http or https URL.' }).refine((text) => {
    if (!URL.canParse(text)) return true; // Refused above.
    const { username, password, search, hash } = new URL(text);
    return username + password + search + hash === '';
  }, 'must be a URL without user name, password, query or fragment.');

/**
 * A base URL as clients call it: without the port that is the default of its scheme, its host in lower case, no slash at the end. Signatures and
 * origins are compared with it.
 */
export function normalizeBaseUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/(?<!\/)\/+$/, '');
}

/** Origins as browsers send them, with commas between; or `*` alone. */
export const origins = () =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (parts) =>
        parts.join() === '*' ||
        parts.every(
          (part) =>
            /^https?:[^*]+$/.test(part) && URL.canParse(part) && new URL(part).origin === part,
        ),
      'must be origins such as https://shop.example.com, separated by commas and without a path, or * alone.',
    );

/** It may hold a password. */
export const redisUrl = () =>
  markSecret(z.url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL.' }));

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}.` });

/** A credential: its value is never part of a message. */
export const secret = () =>
  markSecret(
    z
      .string({ error: 'must be set.' })
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII text without spaces.'),
  );

/** Several of one kind, with commas between: while one replaces another, both count. */
export const secrets = () =>
  markSecret(z.string({ error: 'must be set.' }))
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (parts) =>
        parts.length <= MAX_SECRETS &&
        parts.every((part) => /^[\x21-\x7e]+$/.test(part)) &&
        new Set(parts).size === parts.length,
      `must be 1 to ${String(MAX_SECRETS)} different secrets of printable ASCII characters, separated by commas.`,
    );

const MAX_SECRETS = 10;

/** A number of calls in any stretch of so many seconds: `190/10s`; null for `none`. */
export const rate = () =>
  z
    .string()
    .regex(
      /^(none|[1-9]\d{0,5}\/[1-9]\d{0,4}s)$/,
      'must be "none", or a number of calls and the seconds in which they are allowed, such as 100/10s.',
    )
    .transform((text) => {
      const [limit, seconds] = text.split('/');
      return seconds === undefined
        ? null
        : { limit: Number(limit), windowMs: parseInt(seconds, 10) * 1000 };
    });

/** A number in a file, with bounds. */
export const count = (min: number, max: number) => {
  const message = `must be an integer from ${String(min)} to ${String(max)}`;
  return z.int(message).min(min, message).max(max, message);
};

/** A time in a file, `800ms` or `2s`; in milliseconds. */
export const time = () =>
  z
    .string(NOT_A_TIME)
    .regex(/^[1-9]\d{0,5}m?s$/, NOT_A_TIME)
    .transform((text) => parseInt(text, 10) * (text.endsWith('ms') ? 1 : 1000))
    .refine((ms) => ms <= MAX_TIME_MS, NOT_A_TIME);

const NOT_A_TIME = 'must be a time of at most ten minutes, such as 800ms or 2s';

const MAX_TIME_MS = 600_000;

/**
 * A time for each of some names: `Customer=30s,Company=5m`; the values in seconds.
 * @param others names other values that the variable may have, with a comma behind them, for the message @default none
 */
export const durations = (names: readonly string[], maxSeconds: number, others = '') =>
  z.string().transform((text, context): ReadonlyMap<string, number> => {
    const all = secondsIn(text);
    if (all !== undefined && all >= 1 && all <= maxSeconds)
      return new Map(names.map((name) => [name, all]));
    const seconds = new Map<string, number>();
    for (const part of text.split(',')) {
      const [, name, duration = ''] = /^\s*(\w+)\s*=(.*)$/s.exec(part) ?? [];
      const value = secondsIn(duration) ?? NaN;
      if (
        name !== undefined &&
        names.includes(name) &&
        !seconds.has(name) &&
        value >= 1 &&
        value <= maxSeconds
      )
        seconds.set(name, value);
      else
        context.addIssue(
          `must be ${others}one time for all, such as 30s, or times such as ${String(names[0])}=30s or =5m, each once for any of ${names.join(', ')}, of at most ${String(maxSeconds / 3600)} hours.`,
        );
      if (context.issues.length > 0) return z.NEVER;
    }
    return seconds;
  });

/** A time between two others: `90m`; in seconds. */
export const durationBetween = (min: string, max: string) =>
  z.string().transform((text, context) => {
    const [seconds = NaN, lowest = NaN, highest = NaN] = [text, min, max].map(secondsIn);
    if (seconds >= lowest && seconds <= highest) return seconds;
    context.addIssue(`must be a time from ${min} to ${max}, such as 90s, 30m or 24h.`);
    return z.NEVER;
  });

/** A time in a file: `30s`, `5m` or `1h`; in seconds. */
export const duration = (maxSeconds: number) => {
  const message = `must be a time of at most ${String(maxSeconds / 3600)} hours, such as 30s, 5m or 1h`;
  return z
    .string(message)
    .regex(/^[1-9]\d{0,5}[smh]$/, message)
    .transform((text) => secondsIn(text) ?? NaN)
    .refine((seconds) => seconds <= maxSeconds, message);
};

/** @returns undefined for what is no time such as `30s`, `5m` or `1h` */
function secondsIn(text: string): number | undefined {
  const [, digits, unit = ''] = /^\s*(\d{1,6})([smh])\s*$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SECONDS_OF[unit] ?? NaN);
}

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
