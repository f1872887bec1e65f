import { createRandom } from './random.ts';
import { phoneNumber } from './phone-number.ts';
import { timesOf } from './times.ts';
import type { WorldAddress, WorldCompany } from './world-records.ts';

/** Companies in order of creation. */
export function buildCompanies(addresses: readonly WorldAddress[]): WorldCompany[] {
  const random = createRandom(42);
  return COMPANIES.map(([name, domain, industry], key) => {
    const address = key % 13 === 12 ? null : (addresses[key % addresses.length] ?? null);
    return {
      key,
      name,
      domain,
      industry,
      phone: phoneNumber(random, address?.countryCode),
      address,
      ...timesOf(key, COMPANIES.length, random),
    };
  });
}

const COMPANIES: readonly (readonly [name: string, domain: string, industry: string])[] = [
  ['Atelier Lumière', 'atelier-lumiere.example', 'Design'],
  ['Nordhafen Logistik GmbH', 'nordhafen.example', 'Logistics and Supply Chain'],
  ['Baker & Finch Ltd', 'bakerfinch.example', 'Legal Services'],
  ['Empire Analytics', 'empire-analytics.example', 'Computer Software'],
  ['Shiba Robotics 株式会社', 'shiba-robotics.example', 'Industrial Automation'],
  ['Modernista Arquitectes', 'modernista.example', 'Architecture and Planning'],
  ['Grachten Coffee Roasters', 'grachten-coffee.example', 'Food and Beverages'],
  ['Needle Point Outdoors', 'needlepoint-outdoors.example', 'Retail'],
  ['Paulista Energia S.A.', 'paulista-energia.example', 'Renewables and Environment'],
  ['Harbour Sails Pty Ltd', 'harbour-sails.example', 'Textiles'],
  ['Bremner Health', 'bremner-health.example', 'Hospital and Health Care'],
  ['Isartal Maschinenbau AG', 'isartal.example', 'Machinery'],
  ['Marina Bay Freight', 'marinabay-freight.example', 'Logistics and Supply Chain'],
  ['Colosseo Viaggi S.r.l.', 'colosseo-viaggi.example', 'Leisure Travel and Tourism'],
  ['Liffey Payments', 'liffey-payments.example', 'Financial Services'],
  ['Skärgård Media AB', 'skargard.example', 'Online Media'],
  ['Wacker Street Capital', 'wackerstreet.example', 'Investment Management'],
  ['Tivoli Toys ApS', 'tivoli-toys.example', 'Consumer Goods'],
  ['Donau Klavier', 'donau-klavier.example', 'Music'],
  ['Limmat Präzision', 'limmat.example', 'Mechanical or Industrial Engineering'],
  ['Shoreline Computing', 'shoreline-computing.example', 'Computer Software'],
  ['Embarcadero Bread', 'embarcadero-bread.example', 'Food Production'],
  ['Potomac Polling', 'potomac-polling.example', 'Market Research'],
  ['Copley Press', 'copley-press.example', 'Publishing'],
  ['Lone Star Solar', 'lonestar-solar.example', 'Renewables and Environment'],
  ['Front Range Cycles', 'frontrange-cycles.example', 'Sporting Goods'],
  ['Schuylkill Ceramics', 'schuylkill.example', 'Arts and Crafts'],
  ['Aloha Reef Tours', 'aloha-reef.example', 'Leisure Travel and Tourism'],
  ['Érable Jeux', 'erable-jeux.example', 'Computer Games'],
  ['Pacific Cedar Homes', 'pacific-cedar.example', 'Construction'],
  ['Reforma Textil', 'reforma-textil.example', 'Apparel and Fashion'],
  ['Colón Producciones', 'colon-producciones.example', 'Performing Arts'],
  ['Guanabara Pescados', 'guanabara.example', 'Fishery'],
  ['Cordillera Software', 'cordillera.example', 'Computer Software'],
  ['Oro Café S.A.S.', 'orocafe.example', 'Food and Beverages'],
  ['Whitehall Stationers', 'whitehall-stationers.example', 'Business Supplies and Equipment'],
  ['Bloomsbury Learning', 'bloomsbury-learning.example', 'E-Learning'],
  ['Castle Rock Distillers', 'castlerock.example', 'Wine and Spirits'],
  ['Rivoli Parfums', 'rivoli-parfums.example', 'Cosmetics'],
  ['Cité Vélo', 'cite-velo.example', 'Transportation'],
  ['Soie de Lyon', 'soie-de-lyon.example', 'Textiles'],
  ['Spree Biotech', 'spree-biotech.example', 'Biotechnology'],
  ['Kirchner & Söhne', 'kirchner-soehne.example', 'Wholesale'],
  ['Rheinufer Verlag', 'rheinufer-verlag.example', 'Publishing'],
];
