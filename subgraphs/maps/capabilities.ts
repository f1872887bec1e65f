import type { MapsCapabilities } from './provider.ts';
import { GOOGLE_CAPABILITIES } from './providers/google/google-capabilities.ts';

/** Of every mapping service to choose from, for who foresees calls and runs no service itself. */
export const MAPS_CAPABILITIES: readonly MapsCapabilities[] = [GOOGLE_CAPABILITIES];
