import { type ConstDirectiveNode, Kind, type ValueNode } from 'graphql';
import { findArgument } from './connect-links.ts';

/**
 * The line of a position in a mapping; undefined if the argument does not contain the mapping.
 * @param path path of the argument that contains the mapping, possibly within other text: `['http', 'GET']`
 * @param text the text of the mapping
 * @param position number of characters of the mapping before it
 */
export function lineOfMapping(
  directive: ConstDirectiveNode,
  path: readonly PropertyKey[],
  text: string,
  position: number,
): number | undefined {
  const value = textWith(findArgument(directive, path)?.value, text);
  if (value?.loc === undefined) return undefined;
  const { startToken, source, start } = value.loc;
  // Other texts have escaped line ends: `\n`.
  if (value.block !== true) return startToken.line;
  // A block string omits its leading blank lines.
  const written = source.body.slice(start + 3).split('\n');
  const blank = Math.max(
    0,
    written.findIndex((line) => line.trim() !== ''),
  );
  const before = Math.max(0, value.value.indexOf(text)) + position;
  return startToken.line + blank + value.value.slice(0, before).split('\n').length - 1;
}

interface TextValue {
  readonly value: string;
  readonly block?: boolean | undefined;
  readonly loc?: Extract<ValueNode, { kind: Kind.STRING }>['loc'];
}

/** The text value that contains the mapping: headers are in a list. */
function textWith(value: ValueNode | undefined, text: string): TextValue | undefined {
  if (value?.kind === Kind.STRING) return value.value.includes(text) ? value : undefined;
  const inside =
    value?.kind === Kind.LIST
      ? value.values
      : value?.kind === Kind.OBJECT
        ? value.fields.map((field) => field.value)
        : [];
  return inside.flatMap((one) => textWith(one, text) ?? [])[0];
}
