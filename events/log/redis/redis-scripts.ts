import { z } from 'zod';
import { readChange } from '../change-text.ts';
import type { AppendResult, LogEntry, LogHead, LogPage } from '../change-log.ts';
import { formatPosition, isAfter, POSITION_TEXT, type Position } from '../position.ts';

/** One hash slot: a script on a cluster requires that. */
export const STREAM = '{tributary:events}:stream';
const LOG = '{tributary:events}:log';
const MARK = '{tributary:events}:seen:';

/** The key of an event's mark. @param digest is of the event's key. */
export const markOf = (digest: string) => MARK + digest;

/** The options of `redis.eval`. */
export interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

export const headOptions = (newLogName: string): ScriptOptions => ({
  keys: [STREAM, LOG],
  arguments: [newLogName],
});

export const readOptions = (newLogName: string, after: Position, limit: number): ScriptOptions => ({
  keys: [STREAM, LOG],
  arguments: [newLogName, formatPosition(after), String(limit)],
});

export interface AppendOptions {
  readonly newLogName: string;
  readonly retentionMs: number;
  readonly markMs: number;
  readonly maxEntries: number;
  readonly events: readonly { readonly mark: string; readonly changes: readonly string[] }[];
}

export const appendOptions = ({
  newLogName,
  retentionMs,
  markMs,
  maxEntries,
  events,
}: AppendOptions): ScriptOptions => ({
  keys: [STREAM, LOG, ...events.map(({ mark }) => mark)],
  arguments: [
    newLogName,
    ...[retentionMs, markMs, maxEntries].map(String),
    ...events.flatMap(({ changes }) => [String(changes.length), ...changes]),
  ],
});

/**
 * Reads the log's name and floor. If the stream is lost, the log gets a new name, because entries of the old one may be
 * missing. If only the name is lost, existing entries belong to the new one.
 */
const OPEN = `
local log, floor, used = unpack(redis.call('HMGET', KEYS[2], 'log', 'floor', 'used'))
if not log or (used and redis.call('EXISTS', KEYS[1]) == 0) then
  log, floor, used = ARGV[1], '0-0', false
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'log', log, 'floor', floor)
  if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[2], 'used', '1') end
end
local function head()
  local last = floor
  if redis.call('EXISTS', KEYS[1]) == 1 then
    local stream = redis.call('XINFO', 'STREAM', KEYS[1])
    for field = 1, #stream, 2 do
      if stream[field] == 'last-generated-id' then last = stream[field + 1] end
    end
  end
  local time = redis.call('TIME')
  return log, last, floor, time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/** Returns the log's name, its last position, its floor, and the time. */
export const HEAD = `${OPEN}
return {head()}
`;

/** Returns a head and the entries after a position, atomically. */
export const READ = `${OPEN}
local name, last, lowest, time = head()
return {name, last, lowest, time, redis.call('XRANGE', KEYS[1], '(' .. ARGV[2], '+', 'COUNT', ARGV[3])}
`;

/**
 * Appends the changes of events that have no mark of this log, and marks them. The mark is set last: if the script ends early, an event is
 * repeated and not lost. Trims entries beyond the retention or the maximum number, at most 200 at once to keep the script short. Stores the
 * floor, because a stream does not report what was trimmed. It always writes: WAITAOF waits for the connection's last write, and a
 * duplicate must be as durable as the event. Returns 1 for each new event, else 0.
 */
export const APPEND = `${OPEN}
local results, argument = {}, 5
for key = 3, #KEYS do
  local count = tonumber(ARGV[argument])
  if redis.call('GET', KEYS[key]) == log then
    results[#results + 1] = 0
  else
    for change = argument + 1, argument + count do
      redis.call('XADD', KEYS[1], '*', 'change', ARGV[change])
      used = '1'
    end
    redis.call('SET', KEYS[key], log, 'PX', ARGV[3])
    results[#results + 1] = 1
  end
  argument = argument + count + 1
end
local time = redis.call('TIME')
local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[2])
local old = redis.call('XRANGE', KEYS[1], '-', string.format('%.0f', math.max(0, oldest)), 'COUNT', 200)
local above = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[4])
if #old == 0 and above > 0 then old = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(200, above)) end
if #old > 0 then
  floor = old[#old][1]
  local ms, seq = string.match(floor, '^(%d+)-(%d+)$')
  redis.call('XTRIM', KEYS[1], 'MINID', '=', ms .. '-' .. string.format('%.0f', seq + 1))
end
redis.call('HSET', KEYS[2], 'floor', floor)
if used then redis.call('HSET', KEYS[2], 'used', used) end
return results
`;

export const toHead = (reply: unknown): LogHead => {
  const [log, position, floor, time] = HEAD_REPLY.parse(reply);
  return { log, position, floor, time: Math.max(time, position.ms) };
};

export function toPage(reply: unknown, limit: number): LogPage {
  const [log, last, floor, time, texts] = PAGE_REPLY.parse(reply);
  const newest = texts.at(-1)?.[0];
  const position = newest !== undefined && isAfter(newest, last) ? newest : last;
  return {
    entries: texts.flatMap(([at, [, text = '']]): LogEntry[] => {
      const change = readChange(text);
      return change === undefined ? [] : [{ position: at, change }];
    }),
    reached: newest !== undefined && texts.length >= limit ? newest : position,
    head: { log, position, floor, time: Math.max(time, position.ms) },
  };
}

export const toResults = (reply: unknown): readonly AppendResult[] =>
  RESULTS_REPLY.parse(reply).map((isNew) => (isNew === 1 ? 'stored' : 'duplicate'));

const HEAD_REPLY = z.tuple([z.string(), POSITION_TEXT, POSITION_TEXT, z.number()]);
const PAGE_REPLY = z.tuple([
  ...HEAD_REPLY.def.items,
  z.array(z.tuple([POSITION_TEXT, z.array(z.string())])),
]);
const RESULTS_REPLY = z.array(z.number());
