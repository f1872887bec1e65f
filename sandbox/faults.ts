/**
 * What can go wrong with a vendor's answers:
 * `hang` never answers, `garbage` answers 200 with text that is no JSON, `wrong-json` 200 with JSON of another shape, `500` and `429` fail as the
 * vendor does, `reset` breaks the connection before the answer, `truncate` in the middle of it.
 */
const FAULT_KINDS = ['hang', 'garbage', 'wrong-json', '500', '429', 'reset', 'truncate'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** `hang` for every request, `hang:0.1` for one in ten, the same ones each time. */
export type Fault = FaultKind | `${FaultKind}:${number}`;

/**
 * Reads `stripe=hang,google=500:0.1`.
 * @throws {Error} saying what was expected, where the text names an unknown vendor or fault.
 */
export function parseFaults<Vendor extends string>(text: string, vendors: readonly Vendor[]): Partial<Record<Vendor, Fault>> {
  const faults: Partial<Record<Vendor, Fault>> = {};
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [name, fault] = entry.split('=');
    const vendor = vendors.find((known) => known === name);
    if (vendor === undefined) throw new Error(`Faults name one of ${vendors.join(', ')} before "=", but got "${entry}".`);
    faults[vendor] = toFault(fault ?? '');
  }
  return faults;
}

/** A fault's kind and how often it happens, from 0 to 1. */
export function readFault(fault: Fault): { readonly kind: FaultKind; readonly probability: number } {
  const [name, probability = '1'] = fault.split(':');
  const kind = FAULT_KINDS.find((known) => known === name);
  if (kind === undefined) throw new Error(`A fault is one of ${FAULT_KINDS.join(', ')}, but got "${fault}".`);
  if (!(Number(probability) >= 0 && Number(probability) <= 1)) {
    throw new Error(`A fault's probability is from 0 to 1, as in "${kind}:0.1", but got "${fault}".`);
  }
  return { kind, probability: Number(probability) };
}

function toFault(text: string): Fault {
  const fault = text as Fault; // Reading it throws unless it is one.
  readFault(fault);
  return fault;
}
