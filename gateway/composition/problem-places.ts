import {
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  visit,
} from 'graphql';

/** SDL that an operator wrote. */
export interface WrittenSdl {
  /** The subgraph's name. */
  readonly name: string;
  readonly path: string;
  readonly document: DocumentNode;
}

/** Puts file and line before composition messages, by the subgraph, type, field or directive that a message names. */
export class ProblemPlaces {
  readonly #files: readonly WrittenSdl[];
  readonly #graphPath: string;
  readonly #causes: (message: string) => readonly WrittenSdl[];

  /** @param causes returns the files that cause a message on their own @default unknown */
  constructor(
    files: readonly WrittenSdl[],
    graphPath: string,
    causes: (message: string) => readonly WrittenSdl[] = () => [],
  ) {
    this.#files = files;
    this.#graphPath = graphPath;
    this.#causes = causes;
  }

  locateAll(messages: readonly string[]): readonly string[] {
    return messages.map((message) => this.#locate(message));
  }

  #locate(message: string): string {
    const sentence = message.replace(/\s+/g, ' ').slice(0, MAX_CHARACTERS).replace(/\.?$/, '.');
    const text = `${sentence}${adviceFor(message)}`;
    const suspects = this.#suspects(message);
    for (const lineIn of [unknownName, fieldOf, typeOf])
      for (const { path, document } of suspects) {
        const line = lineIn(sentence, document);
        if (line !== undefined) return `${path}:${String(line)}: ${text}`;
      }
    const [only, ...others] = suspects;
    return only !== undefined && others.length === 0
      ? `${only.path}:${String(lineOfQuoted(sentence, only.document) ?? 1)}: ${text}`
      : `${this.#graphPath}: ${text}`;
  }

  /** The files that can cause the message: the subgraph in its prefix, else files that cause it alone, else files that it quotes. */
  #suspects(message: string): readonly WrittenSdl[] {
    const named = /^\[([\w-]+)\]/.exec(message)?.[1];
    if (named !== undefined) return this.#files.filter(({ name }) => name === named);
    const causes = this.#causes(message);
    if (causes.length > 0) return causes;
    const quoted = this.#files.filter(({ name }) => message.includes(`"${name}"`));
    return quoted.length > 0 ? quoted : this.#files;
  }
}

/** Advice for the most frequent problems of composition. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^Non-shareable field/,
    ' Remove it from the service, or where it is a key of the type, add @key to the type.',
  ],
  [
    /cannot be satisfied by the subgraphs/,
    ' Give the type of the service a @key that the other subgraphs have: @key(fields: "id").',
  ],
  [/\bUnknown type/, ' Define it, or correct its name.'],
  [/\bUnknown directive/, ' Define it, import it by @link, or correct its name.'],
  [/\bInvalid version/, ' Link v2.9.'],
];

const adviceFor = (message: string) => ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? '';

/** Maximum length of a message; it can quote a schema. */
export const MAX_CHARACTERS = 2000;

/** The line where an undefined type or directive is used: `Unknown type Foo`. */
function unknownName(text: string, document: DocumentNode): number | undefined {
  const name = /\bUnknown (?:type|directive) "?@?(\w+)/.exec(text)?.[1];
  if (name === undefined) return undefined;
  let line: number | undefined;
  const find = (node: {
    readonly name: { readonly value: string };
    readonly loc?: DefinitionNode['loc'];
  }) => {
    if (node.name.value === name) line ??= node.loc?.startToken.line;
  };
  visit(document, { NamedType: find, Directive: find });
  return line;
}

/** The line of a quoted text or of a version in the message, for example of `@link`. */
function lineOfQuoted(text: string, document: DocumentNode): number | undefined {
  const words = [...text.matchAll(/"([^"]+)"|\b(v\d+\.\d+)\b/g)].map(
    ([, quoted, version = '']) => quoted ?? `/${version}`,
  );
  let line: number | undefined;
  visit(document, {
    [Kind.STRING]: ({ value, loc }) => {
      if (words.some((word) => value === word || value.endsWith(word)))
        line ??= loc?.startToken.line;
    },
  });
  return line;
}

/** The line of the first `Type.field` in the message. */
const fieldOf = (text: string, document: DocumentNode) =>
  firstOf(coordinatesIn(text), ({ type, field }) =>
    field === undefined
      ? undefined
      : firstOf(nodesOf(document, type), (node) =>
          [
            ...('fields' in node ? (node.fields ?? []) : []),
            ...('values' in node ? (node.values ?? []) : []),
          ].find(({ name }) => name.value === field),
        ),
  )?.loc?.startToken.line;

/** The line of the first type in the message. */
const typeOf = (text: string, document: DocumentNode) =>
  firstOf(coordinatesIn(text), ({ type }) => nodesOf(document, type)[0])?.loc?.startToken.line;

/** Skips the first word of the sentence. */
const coordinatesIn = (text: string) =>
  [...text.slice(text.indexOf(' ')).matchAll(/\b([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?/g)].map(
    ([, type = '', field]) => ({ type, field }),
  );

const nodesOf = ({ definitions }: DocumentNode, type: string) =>
  definitions.filter(
    (node) => (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) && node.name.value === type,
  );

function firstOf<Of, Value>(
  all: readonly Of[],
  find: (one: Of) => Value | undefined,
): Value | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
