import { z } from 'zod';

/** The process's environment variables, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the configuration, a line each: `PORT must be an integer from 0 to 65535, but is "abc".` */
export type Problems = string[];

/** What a module reads of the environment, and what it makes of it: `z.object({ PORT: ... }).transform(...)`. */
export type Settings<T> = z.ZodType<T>;

/**
 * Reads settings, once for a process. An empty variable counts as unset.
 * @returns frozen; undefined where anything was wrong, and every problem has then been added to `problems`
 */
export function parseSettings<T>(
  settings: Settings<T>,
  environment: Environment,
  problems: Problems,
): T | undefined {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = settings.safeParse(given);
  if (read.success) return Object.freeze(read.data);
  // Several modules may need the same variable.
  const found = new Set(read.error.issues.map(({ path, message }) => [...path, message].join(' ')));
  problems.push(...[...found].filter((problem) => !problems.includes(problem)));
  return undefined;
}

/** The settings of several modules, by the names of the modules. */
export function allOf<Parts extends Readonly<Record<string, Settings<unknown>>>>(
  parts: Parts,
): Settings<Parsed<Parts>> {
  return z.unknown().transform((environment, context) => {
    const parsed = Object.entries(parts).map(([name, settings]) => {
      const read = settings.safeParse(environment);
      for (const { path, message } of read.error?.issues ?? [])
        context.addIssue({ code: 'custom', path, message });
      return [name, Object.freeze(read.data)];
    });
    // A cast: `Object.fromEntries` does not know that each part has given its own type.
    return Object.fromEntries(parsed) as Parsed<Parts>;
  });
}

type Parsed<Parts extends Readonly<Record<string, Settings<unknown>>>> = {
  readonly [Name in keyof Parts]: z.output<Parts[Name]>;
};

/** For what is wrong with several variables together, or with what one names: the message is the whole sentence. */
export const addProblem = (context: z.RefinementCtx, message: string) => {
  context.addIssue({ code: 'custom', message });
};
