import type { FoundExpression } from './find-expressions.ts';
import { countSteps, parseExpression } from './count-steps.ts';
import { attacksOn, type AttackText, writeAttack } from './attack-texts.ts';

export interface WorstAttack {
  readonly attack: AttackText;
  /** How many times as many steps twice the text takes: 2 where the expression is linear, 4 where it is quadratic. */
  readonly growth: number;
  readonly stepsPerCharacter: number;
}

/** Finds the text that an expression takes the most steps for. */
export function findWorstAttack({
  source,
  flags,
}: Pick<FoundExpression, 'source' | 'flags'>): WorstAttack {
  const pattern = parseExpression(source, flags);
  const count = (attack: AttackText, length: number) =>
    countSteps(pattern, flags, writeAttack(attack, length), MOST_PER_CHARACTER * length);
  let worst = { attack: { begin: '', again: 'a', end: '' }, steps: 0 };
  for (const attack of attacksOn(pattern, flags)) {
    const steps = count(attack, SHORT);
    if (steps > worst.steps) worst = { attack, steps };
    if (steps === Infinity) break;
  }
  const { attack, steps } = worst;
  const longer = steps === Infinity ? Infinity : count(attack, 2 * SHORT);
  return {
    attack,
    growth: longer === Infinity ? Infinity : longer / steps,
    stepsPerCharacter: steps / SHORT,
  };
}

/** Characters: enough that a square shows among what is linear, and few enough to try thousands of texts. */
const SHORT = 400;

/** A quadratic expression takes half of the text's length for each of its characters; none that is linear comes near it. */
const MOST_PER_CHARACTER = 150;
