/**
 * What can go wrong with a vendor's answers. Before anything is carried out:
 * `hang` never answers; `reset` breaks the connection; `500` and `429` fail as the vendor does, `429-retry-after` with the header that says
 * when to come back; `502`, `503` and `504` are the pages of what stands before the vendor; `garbage` answers 200 with text that is no JSON,
 * `wrong-json` 200 with JSON of another shape. After it was carried out: `reset-after` breaks the connection before any byte of the answer,
 * `truncate` in the middle of it; `drip` sends the right answer too slowly to wait for, `content-type` labels it as plain text.
 */
const FAULT_KINDS = [
  'hang',
  'garbage',
  'wrong-json',
  'content-type',
  '500',
  '502',
  '503',
  '504',
  '429',
  '429-retry-after',
  'reset',
  'reset-after',
  'truncate',
  'drip',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * `hang` for every request, `hang:0.1` for one in ten, the same ones each time; `hang:writes` for what would change something, `hang:x2` for
 * the first two. All of it together: `hang:writes:0.1:x2`.
 */
export type Fault =
  | FaultKind
  | `${FaultKind}:${number | 'writes' | `x${number}` | `writes:${number | `x${number}`}` | `writes:${number}:x${number}`}`;

/** A fault as it is meant. */
export interface FaultPlan {
  readonly kind: FaultKind;
  /** From 0 to 1. */
  readonly probability: number;
  readonly writesOnly: boolean;
  /** How often it happens at most. */
  readonly times: number;
}

/**
 * Reads `stripe=hang,google=500:0.1`.
 * @throws {Error} saying what was expected, where the text names an unknown vendor or fault.
 */
export function parseFaults<Vendor extends string>(
  text: string,
  vendors: readonly Vendor[],
): Partial<Record<Vendor, Fault>> {
  const faults: Partial<Record<Vendor, Fault>> = {};
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [name, fault] = entry.split('=');
    const vendor = vendors.find((known) => known === name);
    if (vendor === undefined)
      throw new Error(`Faults name one of ${vendors.join(', ')} before "=", but got "${entry}".`);
    faults[vendor] = toFault(fault ?? '');
  }
  return faults;
}

/** @throws {Error} saying what was expected, where it is none. */
export function readFault(fault: Fault): FaultPlan {
  const [name, ...limits] = fault.split(':');
  const kind = FAULT_KINDS.find((known) => known === name);
  if (kind === undefined)
    throw new Error(`A fault is one of ${FAULT_KINDS.join(', ')}, but got "${fault}".`);
  const times = limits.find((limit) => /^x\d+$/.test(limit));
  const probability = Number(limits.find((limit) => limit !== 'writes' && limit !== times) ?? 1);
  if (!(probability >= 0 && probability <= 1)) {
    throw new Error(
      `A fault's probability is from 0 to 1, as in "${kind}:0.1", but got "${fault}".`,
    );
  }
  return {
    kind,
    probability,
    writesOnly: limits.includes('writes'),
    times: times === undefined ? Infinity : Number(times.slice(1)),
  };
}

function toFault(text: string): Fault {
  const fault = text as Fault; // Reading it throws unless it is one.
  readFault(fault);
  return fault;
}
