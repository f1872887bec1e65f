import { UpstreamError } from '../../../../upstream/upstream-error.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import { wireInvalidValues, type WireError } from './hubspot-wire.ts';

/** HubSpot took a request for a wrong one, and says why. Its words stay here: they name properties and other records' ids. */
export class HubspotRefusal extends UpstreamError {
  /** The properties whose values it does not take. */
  readonly invalidValues: readonly InvalidValue[];
  /** The records that the request names and that are not there. */
  readonly missingRecords: readonly MissingRecord[];

  constructor(status: number, error: WireError) {
    // For the log.
    super('UPSTREAM_REJECTED', 'crm', { status, cause: new Error(`HubSpot answered ${error.category ?? 'no category'}.`) });
    this.invalidValues = readInvalidValues(error);
    this.missingRecords = readMissingRecords(error);
  }
}

interface InvalidValue {
  readonly property: string;
  /** `INVALID_OPTION` */
  readonly code: string | undefined;
}

interface MissingRecord {
  readonly type: 'CONTACT' | 'COMPANY';
  readonly id: string;
}

/** Some answers list them, others write them as JSON into their message: `Property values were not valid: [{"name":"email",...}]`. */
function readInvalidValues({ errors = [], message = '' }: WireError): readonly InvalidValue[] {
  const listed = errors.flatMap(({ code, context }) => (context?.['propertyName'] ?? []).map((property) => ({ property, code })));
  if (listed.length > 0) return listed;
  const written = safeParseWire(wireInvalidValues, parseList(message)).data ?? [];
  return written.map(({ name, error }) => ({ property: name, code: error }));
}

function parseList(message: string): unknown {
  try {
    return JSON.parse(message.slice(message.indexOf('[')));
  } catch {
    return undefined;
  }
}

/** `CONTACT=1 is not valid`, in the list of errors or beside it: https://github.com/HubSpot/hubspot-api-nodejs/issues/646 */
function readMissingRecords({ errors = [], context }: WireError): readonly MissingRecord[] {
  const texts = [...errors.map(({ message }) => message ?? ''), ...(context?.['INVALID_OBJECT_IDS'] ?? [])];
  return texts.flatMap((text) => {
    const { type, id = '' } = /^(?<type>CONTACT|COMPANY)=(?<id>\d+) is not valid/.exec(text)?.groups ?? {};
    return type === 'CONTACT' || type === 'COMPANY' ? [{ type, id }] : [];
  });
}
