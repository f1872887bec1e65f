import { headerName } from '../../../settings/header-name.ts';
import { isObject, listAt, objectAt, textAt } from './json.ts';
import { variableName } from './names.ts';
import type { ApiOperation } from './operations.ts';
import type { ApiDocument } from './read-document.ts';

/** The credential of a source in `graph.yaml`. */
export interface ProposedAuth {
  /** `{ bearer: '${ERP_TOKEN}' }`; undefined if the document contains no credential that a source supports. */
  readonly text: string | undefined;
  /** A remark for the operator; undefined if there is none. */
  readonly remark: string | undefined;
}

/** The first credential of the operations that a source supports. */
export function authFor(
  document: ApiDocument,
  operations: readonly ApiOperation[],
  source: string,
): ProposedAuth {
  const schemes = objectAt(objectAt(document.root, 'components'), 'securitySchemes');
  const names = [...new Set(operations.flatMap((one) => required(document, one)))];
  const all = Object.keys(schemes);
  const wanted = names.length > 0 ? names : all.length === 1 ? all : [];
  for (const name of wanted) {
    const scheme = document.resolve(schemes[name])?.value;
    const auth = scheme && authOf(scheme, variableName(source));
    if (auth !== undefined) return auth;
  }
  return {
    text: undefined,
    remark:
      wanted.length === 0
        ? undefined
        : `The credential (${wanted.join(', ').slice(0, 100)}) is none that a source can have.`,
  };
}

/** The names of the security schemes of an operation. */
function required(document: ApiDocument, { keywords }: ApiOperation): readonly string[] {
  const own = Object.hasOwn(keywords, 'security') ? keywords : document.root;
  return listAt(own, 'security').flatMap((one) => (isObject(one) ? Object.keys(one) : []));
}

function authOf(
  scheme: Readonly<Record<string, unknown>>,
  variable: string,
): ProposedAuth | undefined {
  const proposed = (text: string, remark?: string): ProposedAuth => ({ text, remark });
  const { type } = scheme;
  const bearer = `{ bearer: '\${${variable}_TOKEN}' }`;
  if (type === 'http') {
    const kind = textAt(scheme, 'scheme')?.toLowerCase();
    if (kind === 'bearer') return proposed(bearer);
    return kind === 'basic'
      ? proposed(
          `{ basic: { user: '\${${variable}_USER}', password: '\${${variable}_PASSWORD}' } }`,
        )
      : undefined;
  }
  if (type === 'apiKey') return keyOf(scheme, variable);
  if (type === 'openIdConnect') return proposed(bearer, 'A token of the OpenID provider.');
  if (type !== 'oauth2') return undefined;
  const flow = objectAt(objectAt(scheme, 'flows'), 'clientCredentials');
  const tokenUrl = textAt(flow, 'tokenUrl');
  if (
    tokenUrl === undefined ||
    !/^https?:\/\/[^\s'"]{1,500}$/.test(tokenUrl) ||
    !URL.canParse(tokenUrl)
  )
    return proposed(bearer, 'An OAuth 2.0 access token: the document has no client credentials.');
  return proposed(
    `{ oauth2: { tokenUrl: '${tokenUrl}', clientId: '\${${variable}_CLIENT_ID}', clientSecret: '\${${variable}_CLIENT_SECRET}' } }`,
    'Add the scopes that the operations need: scopes: [...].',
  );
}

function keyOf(
  scheme: Readonly<Record<string, unknown>>,
  variable: string,
): ProposedAuth | undefined {
  const name = textAt(scheme, 'name') ?? '';
  const value = `value: '\${${variable}_API_KEY}'`;
  const isHeader = scheme['in'] === 'header' && headerName().safeParse(name).success;
  if (isHeader) return { text: `{ header: { name: ${name}, ${value} } }`, remark: undefined };
  const isQuery = scheme['in'] === 'query' && /^[\w.-]{1,100}$/.test(name);
  return isQuery
    ? { text: `{ query: { name: ${name}, ${value} } }`, remark: undefined }
    : undefined;
}
