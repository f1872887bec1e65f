import { type ConstDirectiveNode, Kind, type ValueNode } from 'graphql';
import { findArgument } from './connect-links.ts';

/**
 * The line of the file in which a place of a mapping is; undefined where the argument does not have the mapping.
 * @param path of the argument that has the mapping, in which other text can be around it: `['http', 'GET']`
 * @param text of the mapping
 * @param position characters of the mapping before the place
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
  // Line ends of other texts are written `\n`.
  if (value.block !== true) return startToken.line;
  // Blank lines before the first other one are no part of the text of a block.
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

/** The text in a value that has the mapping: headers are in a list. */
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
