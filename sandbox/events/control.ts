import { z } from 'zod';
import type {
  SandboxVendor,
  SandboxVendorRequest,
  SandboxVendorResponse,
} from '../sandbox-vendor.ts';
import { DELIVERY_FAULTS, isOnThisMachine } from './deliveries.ts';

/** Not a path of any vendor. */
const CONTROL_PATH = '/_sandbox/';

export const isControl = ({ path }: SandboxVendorRequest) => path.startsWith(CONTROL_PATH);

/**
 * Edits on the vendor's pages and faults of event delivery, by HTTP, for clients in another process than the sandbox:
 * `POST /_sandbox/edits` with an edit, `PUT /_sandbox/deliveries` with `{ "fault": "cut" }` or null, `PUT /_sandbox/receiver` with
 * `{ "url": "http://127.0.0.1:4000/webhooks/stripe" }`. It needs no credential. It requires the content type of JSON, which a web page cannot send without a preflight.
 */
export function handleControl(
  { events, vendor }: SandboxVendor,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return refusal(415, 'The content-type must be application/json.');
  if (events === undefined) return refusal(404, `The sandbox vendor ${vendor} sends no events.`);
  try {
    const body: unknown = JSON.parse(request.body);
    switch (`${request.method} ${request.path.slice(CONTROL_PATH.length)}`) {
      case 'POST edits':
        return { status: 200, body: { result: events.edit(EDIT.parse(body)) ?? null } };
      case 'PUT deliveries':
        events.deliveries = DELIVERIES.parse(body).fault;
        return { status: 204 };
      case 'PUT receiver':
        events.deliverTo(RECEIVER.parse(body));
        return { status: 204 };
      default:
        return refusal(404, 'It must be POST edits, PUT deliveries or PUT receiver.');
    }
  } catch (error) {
    return refusal(400, error instanceof Error ? error.message : String(error));
  }
}

const refusal = (status: number, error: string): SandboxVendorResponse => ({
  status,
  body: { error },
});

const EDIT = z.record(z.string(), z.unknown());

const DELIVERIES = z.object({ fault: z.enum(DELIVERY_FAULTS).nullable() });

const RECEIVER = z.object({
  url: z.string().refine(isOnThisMachine, 'must be an http URL of this machine'),
  publicUrl: z.string().optional(),
});
