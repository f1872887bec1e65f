/**
 * The target with the relation `next` in the header `Link`: https://www.rfc-editor.org/rfc/rfc8288#section-3
 * @returns undefined if there is none
 */
export function nextLinkOf(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ');
  for (const [, target = '', parameters = ''] of text.slice(0, MAX_CHARACTERS).matchAll(LINK)) {
    const [, , quoted, token] =
      [...parameters.matchAll(PARAMETER)].find(([, name]) => name?.toLowerCase() === 'rel') ?? [];
    const relations = (quoted ?? token ?? '').toLowerCase().split(/[ \t]+/);
    if (relations.includes('next')) return target.trim();
  }
  return undefined;
}

const MAX_CHARACTERS = 8000;

/** A target and its parameters; quoted commas belong to them, and an unclosed quotation mark extends to the end. */
const LINK = /<([^<>]*)>((?:[^,<"]|"(?:[^"\\]|\\.)*"?)*)/g;

const PARAMETER = /;[ \t]*([\w-]+)\*?[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;
