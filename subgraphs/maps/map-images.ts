import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { CodedError } from '../../errors/coded-error.ts';
import type { BudgetStore } from '../../state/shared-state.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { type Cancellation, cancellationOf } from '../../request/cancellation.ts';
import type { Credential } from '../../upstream/credential.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { ServedFile } from '../subgraph.ts';
import type { MapView } from './domain.ts';
import type { MapsProvider } from './provider.ts';
import { MAPS } from './service.ts';

export interface MapImagesOptions {
  /** Limit per image, shared by all instances with the same budgets. */
  readonly callsPerMinute: number;
  readonly budgets: BudgetStore;
  readonly vendor: string;
  /** The credential that images and budgets belong to. */
  readonly credential: Pick<Credential, 'account' | 'budgetAccount'>;
  /** Called for each requested image with the result of its cache lookup. */
  readonly onLookup: (found: 'hit' | 'miss') => void;
}

/**
 * Map images, each of which costs money at the vendor. An image is cached for as long as the vendor's headers allow. Concurrent requests
 * for the
 * same image share one call. An image has a limit of calls per minute, independent of the number of links to it.
 */
export class MapImages {
  readonly #provider: Pick<MapsProvider, 'mapImage'>;
  readonly #options: MapImagesOptions;
  readonly #cache = new LRUCache<string, CachedImage>({
    max: MAX_IMAGES,
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_BYTES / 8,
    sizeCalculation: ({ image }) => image.body.byteLength + OVERHEAD_BYTES,
  });
  readonly #flights = new SingleFlight<ServedFile>(timedOut);

  constructor(provider: Pick<MapsProvider, 'mapImage'>, options: MapImagesOptions) {
    this.#provider = provider;
    this.#options = options;
  }

  /** @throws CodedError `RATE_LIMITED` if the image's limit is reached */
  read(view: MapView, scope: RequestScope): Promise<ServedFile> {
    const { account, budgetAccount } = this.#options.credential;
    const key = this.#keyOf(account, view);
    const cached = this.#cache.get(key);
    const maxAge = cached === undefined ? 0 : Math.floor((cached.freshUntil - Date.now()) / 1000);
    this.#options.onLookup(maxAge > 0 ? 'hit' : 'miss');
    if (cached !== undefined && maxAge > 0) return Promise.resolve({ ...cached.image, maxAge });
    const cancellation = cancellationOf(scope.signal);
    if (cancellation.reason !== undefined) return Promise.reject(timedOut(cancellation.reason));
    return this.#flights.share(key, { cancellation }, (shared) =>
      this.#fetch({ key, budget: this.#keyOf(budgetAccount, view) }, view, {
        ...scope,
        signal: signalOf(shared),
      }),
    );
  }

  #keyOf(account: string, { address, width, height, zoom }: MapView): string {
    const view = JSON.stringify([address, width, height, zoom]);
    return `${this.#options.vendor}:${account}:picture:${hash('sha256', view, 'base64url')}`;
  }

  async #fetch(
    { key, budget }: { readonly key: string; readonly budget: string },
    view: MapView,
    scope: RequestScope,
  ): Promise<ServedFile> {
    await this.#spend(budget);
    const image = await this.#provider.mapImage(view, scope);
    if (image.maxAge > 0)
      this.#cache.set(key, { image, freshUntil: Date.now() + image.maxAge * 1000 });
    return image;
  }

  async #spend(key: string): Promise<void> {
    const { callsPerMinute: limit, budgets } = this.#options;
    const { isGranted, waitMs } = await budgets.spend(key, 1, {
      limit,
      windowMs: 60_000,
      burst: Math.min(limit, AT_ONCE),
    });
    if (isGranted) return;
    const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
    throw new CodedError(
      'RATE_LIMITED',
      `This map image can be requested from the vendor ${String(limit)} times per minute. Try again later.`,
      { retryAfter },
    );
  }
}

interface CachedImage {
  readonly image: ServedFile;
  /** Milliseconds since 1970. */
  readonly freshUntil: number;
}

const MAX_IMAGES = 1000;
const MAX_BYTES = 32 * 1024 * 1024;
/** The key, and the data of an entry besides the image. */
const OVERHEAD_BYTES = 500;
/** Burst of calls for an image without recent calls. */
const AT_ONCE = 10;

const timedOut = (cause: Error) => new UpstreamError('UPSTREAM_TIMEOUT', MAPS, { cause });

/** Aborts when no caller waits. */
function signalOf(cancellation: Cancellation): AbortSignal {
  const controller = new AbortController();
  cancellation.add({
    cancel: (reason) => {
      controller.abort(reason);
    },
  });
  return controller.signal;
}
