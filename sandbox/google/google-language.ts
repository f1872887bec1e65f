import type { GooglePlace } from './google-place.ts';
import { ENGLISH_CITY_NAMES } from './google-text.ts';

/** The place with localized names, as far as the sandbox has them: the country's, and the city's in English. */
export function inLanguage(place: GooglePlace, language: string | null): GooglePlace {
  const country = language === null ? null : countryIn(language, place.address.countryCode);
  if (country === null) return place;
  const { city } = place.address;
  const isEnglish = /^en(-|$)/i.test(language ?? '');
  const cityName = isEnglish ? (ENGLISH_CITY_NAMES[city] ?? city) : city;
  const short = place.formattedAddress.split(', ').at(-1) ?? '';
  const beforeCountry = place.formattedAddress.slice(0, -short.length).replaceAll(city, cityName);
  return {
    ...place,
    formattedAddress: `${beforeCountry}${isEnglish ? short : country}`,
    components: place.components.map((component) => {
      if (component.types.includes('country')) return { ...component, long_name: country };
      if (component.types.includes('locality'))
        return { ...component, long_name: cityName, short_name: cityName };
      return component;
    }),
  };
}

/** @returns null for an unknown language */
function countryIn(language: string, countryCode: string): string | null {
  try {
    return new Intl.DisplayNames([language], { type: 'region' }).of(countryCode) ?? null;
  } catch {
    return null;
  }
}
