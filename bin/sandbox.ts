import { z } from 'zod';
import { parseSettings, type Problems } from '../settings/settings.ts';
import { integer } from '../settings/values.ts';
import { parseFaults } from '../sandbox/faults.ts';
import {
  type AnyVendor,
  FEED_VENDORS,
  type Sandbox,
  startSandbox,
  VENDORS,
} from '../sandbox/sandbox.ts';

/**
 * `sandbox [vendor...]`: runs sandbox vendors until SIGTERM or SIGINT. A parent process gets their environment over IPC, and the sandbox exits with
 * it. Without a parent, the environment is printed. `sandbox --check [vendor...]` starts nothing and sends the parent the problems of the
 * settings.
 */
async function main() {
  const problems: Problems = [];
  const [first, ...others] = process.argv.slice(2);
  const isCheck = first === '--check' && process.send !== undefined;
  const read = readOptions(isCheck ? others : process.argv.slice(2), problems);
  if (isCheck) {
    process.send?.({ problems }, () => {
      process.disconnect();
    });
    return;
  }
  if (read === undefined) throw new Error(problems.join('\n'));
  const { vendors, ...options } = read;
  const starting = startSandbox({ vendors, ...options });
  const end = () => void starting.then((started) => started.close()).then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end).once('disconnect', end);
  // The parent may already have exited, or exit while the sandbox starts.
  if (process.send !== undefined && !process.connected) end();
  const sandbox = await starting;
  if (process.send === undefined) {
    describe(sandbox, vendors);
    return;
  }
  if (!process.connected) return;
  process.on('message', (message) => {
    const { success, data } = PARENT_MESSAGE.safeParse(message);
    if (success) sandbox.deliverTo(data.deliverTo);
  });
  process.send({ environment: { ...sandbox.environment, ...sandbox.webhookEnvironment } });
}

/** @returns undefined on problems, which have then been added to `problems`. */
function readOptions(names: readonly string[], problems: Problems) {
  const environment = parseSettings(SETTINGS, process.env, problems);
  const vendors = readVendors(names, problems);
  const faults = readFaults(process.env['SANDBOX_FAULTS'] ?? '', problems);
  if (environment === undefined || problems.length > 0) return undefined;
  const { SANDBOX_LATENCY_MS: latencyMs, SANDBOX_PORT: firstPort, SANDBOX_EVENTS } = environment;
  const ports =
    firstPort === undefined
      ? {}
      : Object.fromEntries(vendors.map((vendor, index) => [vendor, firstPort + index]));
  return { vendors, faults, latencyMs, ports, busy: SANDBOX_EVENTS === 'busy' };
}

/** Sets the parent's URL for the vendors' events. */
const PARENT_MESSAGE = z.object({
  deliverTo: z.object({ url: z.string(), publicUrl: z.string().optional() }),
});

const SETTINGS = z.object({
  SANDBOX_EVENTS: z
    .enum(['busy', 'quiet'], { error: 'must be "busy" or "quiet".' })
    .default('quiet'),
  SANDBOX_LATENCY_MS: integer({ min: 0, max: 60_000 }).default(0),
  SANDBOX_PORT: integer({ min: 1, max: 65_531 }).optional(),
});

function readVendors(names: readonly string[], problems: Problems): readonly AnyVendor[] {
  const unknown = names.filter((name) => !KNOWN.some((vendor) => vendor === name));
  for (const name of unknown)
    problems.push(`A vendor must be one of ${KNOWN.join(', ')}, but got "${name}".`);
  return names.length === 0 ? VENDORS : KNOWN.filter((vendor) => names.includes(vendor));
}

const KNOWN: readonly AnyVendor[] = [...VENDORS, ...FEED_VENDORS];

function readFaults(text: string, problems: Problems) {
  try {
    return parseFaults(text, KNOWN);
  } catch (error) {
    problems.push(`SANDBOX_FAULTS: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

function describe(sandbox: Sandbox<AnyVendor>, vendors: readonly AnyVendor[]) {
  const servers = vendors.map((vendor) => `${vendor.padEnd(8)} ${sandbox[vendor].baseUrl}`);
  const parts = [
    ['Sandbox vendors:', ...servers],
    ['Environment variables for a gateway that calls them:', ...lines(sandbox.environment)],
    ['The secrets with which they sign events:', ...lines(sandbox.webhookEnvironment)],
  ];
  process.stdout.write(
    parts
      .filter(([, first]) => first !== undefined)
      .map((part) => `${part.join('\n')}\n`)
      .join('\n'),
  );
}

const lines = (environment: Readonly<Record<string, string>>) =>
  Object.entries(environment).map(([name, value]) => `${name}=${value}`);

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
