import { hash } from 'node:crypto';
import { toBudgetResult } from './budget.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { Budget, BudgetResult } from './shared-state.ts';

/** Budgets that all instances share. */
export interface SharedBudgets {
  /** @returns undefined if Redis does not respond */
  spend(key: string, amount: number, budget: Budget): Promise<BudgetResult | undefined>;
}

export const createRedisBudgets = (connection: RedisConnection): SharedBudgets => ({
  spend: async (key, amount, budget) => {
    const { limit, windowMs, burst } = budget;
    const options = {
      keys: [nameOf(key)],
      arguments: [amount, windowMs / limit, burst].map(String),
    };
    const reply = await connection.run((redis) => redis.eval(SPEND, options));
    if (!Array.isArray(reply)) return undefined;
    const [owedMs = 0, after] = reply.map(Number);
    return toBudgetResult(owedMs, after, amount, budget);
  },
});

/** The key of a caller can be long, and can contain an e-mail address. */
const nameOf = (key: string) => `tributary:budgets:${hash('sha256', key, 'base64url')}`;

/** The algorithm of `afterSpending`, by Redis' clock. Returns the debt before, and the one after if the amount was granted. */
const SPEND = `
local amount, unit, at_once = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local owed = math.max(0, tonumber(redis.call('GET', KEYS[1]) or '0') - now)
if owed + math.min(amount, at_once) * unit > at_once * unit + 0.001 then return {tostring(owed)} end
local after = owed + amount * unit
if after > 0 then redis.call('SET', KEYS[1], string.format('%.3f', now + after), 'PX', math.ceil(after)) end
return {tostring(owed), tostring(after)}
`;
