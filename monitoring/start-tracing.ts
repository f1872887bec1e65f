import { z } from 'zod';
import type { Tracing, TracingOptions } from './tracing.ts';

export interface TracingSettings {
  /** Whether a trace collector is configured. OpenTelemetry reads its other settings itself. */
  readonly isOn: boolean;
}

/** Refuses values with which OpenTelemetry would silently send nothing. */
export const tracingSettings = z
  .object({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector(),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector(),
    OTEL_SDK_DISABLED: z.string().optional(),
    OTEL_TRACES_EXPORTER: z.string().optional(),
  })
  .transform((read): TracingSettings => {
    const isOff = read.OTEL_SDK_DISABLED === 'true' || read.OTEL_TRACES_EXPORTER === 'none';
    return {
      isOn:
        !isOff &&
        (read.OTEL_EXPORTER_OTLP_ENDPOINT ?? read.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) !== undefined,
    };
  });

function collector() {
  return z.url({ protocol: /^https?$/, error: 'must be an http or https URL.' }).optional();
}

/** @returns undefined if tracing is off */
export async function startTracing(
  { isOn }: TracingSettings,
  options: TracingOptions,
): Promise<Tracing | undefined> {
  if (!isOn) return undefined;
  // Loaded on demand: it would delay each start.
  const { exportTraces } = await import('./exported-traces.ts');
  return exportTraces(options);
}
