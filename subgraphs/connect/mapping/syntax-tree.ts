import type { Maybe } from './values.ts';

/** Versions of the language, as in `@link(url: "https://specs.apollo.dev/connect/v0.3")`. */
export type MappingVersion = 'v0.3' | 'v0.4';

/** The syntax tree of a mapping text. A position is the number of characters before it in the text. */
export type Expression = Literal | ListExpression | ObjectExpression | Path | Choice;

export interface Literal {
  readonly kind: 'literal';
  readonly value: Exclude<Maybe, object | undefined> | null;
  readonly position: number;
}

/** `[a, "b", 3]` */
export interface ListExpression {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly position: number;
}

/** `{ id: user.id, name }` in place of a value: `$` is the same as outside. */
export interface ObjectExpression {
  readonly kind: 'object';
  readonly selection: Selection;
  readonly position: number;
}

/** `a ?? b ?? c` or `a ?! b` */
export interface Choice {
  readonly kind: 'choice';
  readonly operator: '??' | '?!';
  readonly operands: readonly Expression[];
  readonly position: number;
}

/** `$args.filter?.name->trim { a b }`: a start and steps from left to right. */
export interface Path {
  readonly kind: 'path';
  readonly start: PathStart;
  readonly steps: readonly Step[];
  readonly position: number;
}

export type PathStart =
  /** `$`, also for a path that starts with a key: `a.b` is `$.a.b`. */
  | { readonly kind: 'root'; readonly written: boolean }
  /** `@` */
  | { readonly kind: 'current' }
  /** `$args`, or a variable of `->as`. */
  | { readonly kind: 'variable'; readonly name: string }
  /** `$(...)` */
  | { readonly kind: 'expression'; readonly expression: Expression };

export type Step = KeyStep | MethodStep | OptionalStep | SelectionStep;

/** `.name` */
export interface KeyStep {
  readonly kind: 'key';
  readonly key: string;
  readonly position: number;
}

/** `->slice(0, 2)` */
export interface MethodStep {
  readonly kind: 'method';
  readonly name: string;
  /** undefined: no parentheses, which differs from empty ones. */
  readonly arguments: readonly Expression[] | undefined;
  readonly position: number;
}

/** `?`: null becomes undefined, and the rest of the path is skipped. */
export interface OptionalStep {
  readonly kind: 'optional';
  readonly position: number;
}

/** `{ id name }` after a path: `$` becomes the value of the path, or each item of a list in turn. */
export interface SelectionStep {
  readonly kind: 'selection';
  readonly selection: Selection;
  readonly position: number;
}

export interface Selection {
  readonly entries: readonly Entry[];
  readonly position: number;
}

export type Entry =
  /** `key: expression`, or `key` alone */
  | {
      readonly kind: 'named';
      readonly key: string;
      readonly expression: Expression;
      readonly position: number;
    }
  /** `... expression`, or a longer path with a sub-selection: its properties are merged into the selection. */
  | { readonly kind: 'spread'; readonly expression: Expression; readonly position: number }
  /** A path without a name, which is the whole value: allowed only as the single entry. */
  | { readonly kind: 'whole'; readonly expression: Expression; readonly position: number };
