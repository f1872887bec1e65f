import type { SandboxVendorRequest, SandboxVendorResponse } from '../sandbox-vendor.ts';
import { errorAnswer } from './hubspot-responses.ts';

/** Any token opens the sandbox but one with `invalid` in it; one with `without-<scope>` lacks that scope. */
export function refusalOf(request: SandboxVendorRequest): SandboxVendorResponse | undefined {
  const { authorization = '' } = request.headers;
  const token = /^Bearer (?<token>\S+)$/i.exec(authorization)?.groups?.['token'];
  if (token === undefined || token.includes('invalid')) return wrongToken();
  return neededScopes(request).some((scope) => token.includes(`without-${scope}`))
    ? missingScopes()
    : undefined;
}

const wrongToken = () =>
  errorAnswer(
    401,
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    'INVALID_AUTHENTICATION',
  );

/** HubSpot's error lists the scopes of all record types, not the one that this call needs. */
const missingScopes = () =>
  errorAnswer(
    403,
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    'MISSING_SCOPES',
    {
      errors: [
        {
          message: 'One or more of the following scopes are required.',
          context: {
            requiredScopes: ['e-commerce', 'tickets', 'crm.objects.custom.read'],
            requiredGranularScopes: RECORDS.flatMap((type) => [
              `crm.objects.${type}.read`,
              `crm.objects.${type}.write`,
            ]),
          },
        },
      ],
      links: { scopes: 'https://developers.hubspot.com/scopes' },
    },
  );

const RECORDS = ['invoices', 'carts', 'contacts', 'leads', 'companies', 'deals', 'orders'];

function neededScopes({ method, path }: SandboxVendorRequest): readonly string[] {
  const [, , ...parts] = path.split('/');
  const [area = '', type = '', other = ''] = parts.filter((part) => !/^(v\d|\d{4}-)/.test(part));
  const isRead = method === 'GET' || /\/(batch\/read|search)$/.test(path);
  if (area === 'owners') return ['crm.objects.owners.read'];
  if (area === 'schemas') return ['crm.schemas.custom.read'];
  if (area === 'properties') return [`crm.schemas.${scopeOf(type)}.read`];
  return (area === 'associations' ? [type, other] : [type]).map(
    (of) => `crm.objects.${scopeOf(of)}.${isRead ? 'read' : 'write'}`,
  );
}

/** One scope is for all types of the account's own. */
const scopeOf = (type: string) => (/^(?:2-|p\d+_)/.test(type) ? 'custom' : type);
