import type { WorldAddress } from '../world/world.ts';
import { hourOf, isoSeconds, weatherAt } from '../world/weather.ts';

const HOUR_MS = 3_600_000;

/** `GET /alerts/active`: for windy hours. An alert without an end of its own has none. */
export function activeAlerts({ latitude, longitude, city, region }: WorldAddress, now: number) {
  const time = hourOf(now);
  const { windSpeed } = weatherAt(latitude, longitude, time);
  const isSevere = windSpeed > 7;
  const area = `${city}, ${region ?? ''}`;
  const id = `urn:oid:2.49.0.1.840.0.${city.replaceAll(' ', '').toLowerCase()}.001.1`;
  const features =
    windSpeed < 4
      ? []
      : [
          {
            id: `https://api.weather.gov/alerts/${id}`,
            type: 'Feature',
            geometry: null,
            properties: {
              '@id': `https://api.weather.gov/alerts/${id}`,
              '@type': 'wx:Alert',
              id,
              areaDesc: area,
              geocode: { SAME: ['036061'], UGC: ['NYZ072'] },
              affectedZones: ['https://api.weather.gov/zones/forecast/NYZ072'],
              references: [],
              sent: isoSeconds(time),
              effective: isoSeconds(time),
              onset: isoSeconds(time),
              expires: isoSeconds(time + 6 * HOUR_MS),
              ends: isSevere ? isoSeconds(time + 12 * HOUR_MS) : null,
              status: 'Actual',
              messageType: 'Alert',
              category: 'Met',
              severity: isSevere ? 'Severe' : 'Moderate',
              certainty: 'Likely',
              urgency: 'Expected',
              event: isSevere ? 'High Wind Warning' : 'Wind Advisory',
              sender: 'w-nws.webmaster@noaa.gov',
              senderName: `NWS ${area}`,
              headline: `${isSevere ? 'High Wind Warning' : 'Wind Advisory'} for ${area}`,
              description: `* WHAT...Gusts of up to ${String(Math.round(windSpeed * 7))} km/h.\n* WHERE...${area}.`,
              instruction: isSevere ? 'Avoid being outside.' : null,
              response: 'Execute',
              parameters: {
                AWIPSidentifier: ['NPWOKX'],
                WMOidentifier: ['WWUS71 KOKX 081948'],
                NWSheadline: [`WIND IN ${area.toUpperCase()}`],
                BLOCKCHANNEL: ['EAS', 'NWEM', 'CMAS'],
              },
            },
          },
        ];
  return {
    type: 'FeatureCollection',
    features,
    title: `Current watches, warnings, and advisories for ${area}`,
    updated: isoSeconds(time),
  };
}
