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
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = settings.safeParse(set);
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
  const read: Settings<Parsed<Parts>> = z.unknown().transform((environment, context) => {
    const parsed = Object.entries(parts).map(([name, settings]) => {
      const read = settings.safeParse(environment);
      for (const { path, message } of read.error?.issues ?? [])
        context.addIssue({ code: 'custom', path, message });
      return [name, Object.freeze(read.data)];
    });
    // A cast: `Object.fromEntries` does not know that each part has given its own type.
    return Object.fromEntries(parsed) as Parsed<Parts>;
  });
  PARTS.set(read, Object.values(parts));
  return read;
}

type Schema = z.core.$ZodType;

const PARTS = new WeakMap<Schema, readonly Schema[]>();

type Parsed<Parts extends Readonly<Record<string, Settings<unknown>>>> = {
  readonly [Name in keyof Parts]: z.output<Parts[Name]>;
};

/** A setting of which no log, message or error shows the value; it can be given in a file, too: {@link readSecretFiles}. */
export function markSecret<Setting extends z.ZodType>(setting: Setting): Setting {
  SECRETS.set(setting, true);
  return setting;
}

const SECRETS = new WeakMap<Schema, true>();

export interface Variable {
  readonly isSecret: boolean;
}

/** The variables that settings read, by their names. */
export function variablesOf(settings: Schema): ReadonlyMap<string, Variable> {
  const parts = findNoted(PARTS, settings) ?? (settings instanceof z.ZodPipe ? [settings.in] : []);
  const own = settings instanceof z.ZodObject ? Object.entries(settings.shape) : [];
  const found = new Map<string, Variable>();
  for (const [name, { isSecret }] of [
    // A cast: a shape has schemas, which zod's own type of any object does not say.
    ...own.map(([name, setting]) => [name, { isSecret: holdsSecret(setting as Schema) }] as const),
    ...parts.flatMap((part) => [...variablesOf(part)]),
  ])
    // Several parts may read the same variable.
    found.set(name, { isSecret: isSecret || found.get(name)?.isSecret === true });
  return found;
}

/** A default, or that it is optional, makes a setting no less secret. */
function holdsSecret(setting: Schema): boolean {
  if (findNoted(SECRETS, setting) === true) return true;
  if (setting instanceof z.ZodPipe) return holdsSecret(setting.in);
  return (
    (setting instanceof z.ZodOptional ||
      setting instanceof z.ZodDefault ||
      setting instanceof z.ZodCatch) &&
    holdsSecret(setting.unwrap())
  );
}

/** What was noted of a schema, or of the one that it was made of by a check such as `refine`. */
function findNoted<Note>(notes: WeakMap<Schema, Note>, schema: Schema): Note | undefined {
  const { parent } = schema._zod;
  return notes.get(schema) ?? (parent && findNoted(notes, parent));
}

/** For what is wrong with several variables together, or with what one names: the message is the whole sentence. */
export const addProblem = (context: z.RefinementCtx, message: string) => {
  context.addIssue({ code: 'custom', message });
};
