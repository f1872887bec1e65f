import type { MapsCapabilities } from './provider.ts';
import { GOOGLE_CAPABILITIES } from './providers/google/google-capabilities.ts';

/** The capabilities of every mapping service, for call estimates of a process that runs no service itself. */
export const MAPS_CAPABILITIES: readonly MapsCapabilities[] = [GOOGLE_CAPABILITIES];
