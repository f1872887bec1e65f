import { createRandom } from '../world/random.ts';
import type { WorldAddress } from '../world/world.ts';
import { placeId, round, toAddressPlace, type GooglePlace } from './google-place.ts';

/** Invented cafés, hotels and the like: one of each kind a few steps from every address of the world. */
export function buildBusinesses(addresses: readonly WorldAddress[]): GooglePlace[] {
  const random = createRandom(1618);
  return addresses.flatMap((address) =>
    KINDS.map(({ type, title, keywords }) => {
      const name = title.replace('*', random.pick(NAMES));
      const offset = () => (random.fraction() - 0.5) * 0.006;
      return {
        ...toAddressPlace(address),
        id: placeId(`${type} ${address.line1} ${address.city}`),
        name,
        location: {
          latitude: round(address.latitude + offset(), 7),
          longitude: round(address.longitude + offset(), 7),
        },
        locationType: 'ROOFTOP' as const,
        types: [type, 'point_of_interest', 'establishment'],
        keywords,
      };
    }),
  );
}

const KINDS = [
  { type: 'cafe', title: 'Café *', keywords: 'coffee cafe espresso' },
  { type: 'restaurant', title: '* Kitchen', keywords: 'restaurant food dinner lunch' },
  { type: 'hotel', title: 'Hotel *', keywords: 'hotel lodging room' },
  { type: 'book_store', title: '* Books', keywords: 'books bookshop bookstore' },
];

const NAMES = [
  'Aurora',
  'Bellwether',
  'Cardamom',
  'Driftwood',
  'Élan',
  'Foxglove',
  'Gingko',
  'Halcyon',
  'Indigo',
  'Juniper',
  'Kestrel',
] as const;
