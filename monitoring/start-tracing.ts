import { z } from 'zod';
import { type Environment, type Problems, readEnvironment } from '../configuration/environment.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

/** @returns undefined unless the environment names a collector. OpenTelemetry reads all other settings of its own there. */
export async function startTracing(environment: Environment, options: TracingOptions): Promise<Tracing | undefined> {
  if (!isOn(environment)) return undefined;
  // Here alone: who sends no traces need not wait for it at each start.
  const { exportTraces } = await import('./exported-traces.ts');
  return exportTraces(options);
}

/** Adds to `problems` what would make OpenTelemetry send nothing without a word. */
export function checkTracing(environment: Environment, problems: Problems): void {
  const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL.' }).optional();
  readEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }, environment, problems);
}

function isOn(environment: Environment): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  const isOff = environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none';
  return !isOff && ((all ?? '') !== '' || (traces ?? '') !== '');
}
