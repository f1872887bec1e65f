import { createHash } from 'node:crypto';
import type { RedisLink } from './redis-connection.ts';
import type { BudgetAnswer, Rate } from './shared-state.ts';

/** Budgets that all instances share. */
export interface SharedBudgets {
  /** @returns undefined where Redis says nothing. */
  spend(key: string, amount: number, budget: Rate): Promise<BudgetAnswer | undefined>;
}

export const createRedisBudgets = (link: RedisLink): SharedBudgets => ({
  spend: async (key, amount, { limit, windowMs }) => {
    const options = { keys: [nameOf(key)], arguments: [String(amount), String(limit), String(windowMs)] };
    const answer = await link.ask((redis) => redis.eval(SPEND, options));
    if (!Array.isArray(answer)) return undefined;
    const [isGranted, spent, resetMs] = answer.map(Number);
    return { isGranted: isGranted === 1, left: Math.max(0, limit - (spent ?? 0)), resetMs: resetMs ?? windowMs };
  },
});

/** What names a caller may be long, and may be an e-mail address. */
const nameOf = (key: string) => `tributary:budgets:${createHash('sha256').update(key).digest('base64url')}`;

/** Answers whether it was granted, what is spent, and after how many milliseconds nothing is. */
const SPEND = `
local amount, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
local reset = redis.call('PTTL', KEYS[1])
if reset < 0 then spent, reset = 0, window end
if spent + amount > limit then return {0, spent, reset} end
redis.call('SET', KEYS[1], spent + amount, 'PX', math.max(1, reset))
return {1, spent + amount, reset}
`;
