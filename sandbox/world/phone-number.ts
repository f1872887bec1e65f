import type { Random } from './random.ts';

/** A number in E.164 form. Those of North America are in the range kept for fiction. */
export function phoneNumber(random: Random, countryCode = 'US') {
  const code = CALLING_CODES[countryCode] ?? '1';
  const local =
    code === '1'
      ? `20255501${digits(random, 2)}`
      : `${String(random.integer(2, 9))}${digits(random, 8)}`;
  return `+${code}${local}`;
}

const digits = (random: Random, count: number) =>
  random
    .integer(0, 10 ** count - 1)
    .toString()
    .padStart(count, '0');

const CALLING_CODES: Readonly<Record<string, string>> = {
  AE: '971',
  AR: '54',
  AT: '43',
  AU: '61',
  BE: '32',
  BR: '55',
  CH: '41',
  CL: '56',
  CN: '86',
  CO: '57',
  CZ: '420',
  DE: '49',
  DK: '45',
  EG: '20',
  ES: '34',
  FI: '358',
  FR: '33',
  GB: '44',
  GR: '30',
  HK: '852',
  HU: '36',
  IE: '353',
  IN: '91',
  IS: '354',
  IT: '39',
  JP: '81',
  KE: '254',
  KR: '82',
  MX: '52',
  MY: '60',
  NL: '31',
  NO: '47',
  NP: '977',
  NZ: '64',
  PL: '48',
  PT: '351',
  SE: '46',
  SG: '65',
  TH: '66',
  TR: '90',
  TW: '886',
  ZA: '27',
};
