/** The words of an address, so that spelling, accents, punctuation and the usual abbreviations don't matter. */
export function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, MAX_TEXT)
    .toLowerCase()
    .replaceAll(/[ßøæłıðþ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/['’.]/g, '');
  return plain
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((word) => ABBREVIATIONS[word] ?? word);
}

/** Characters; `normalize` takes a time that grows with the square of a text of nothing but accents. */
export const MAX_TEXT = 1000;

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  ł: 'l',
  ı: 'i',
  ð: 'd',
  þ: 'th',
};

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ave: 'avenue',
  av: 'avenue',
  blvd: 'boulevard',
  dr: 'drive',
  e: 'east',
  pkwy: 'parkway',
  pl: 'platz',
  rd: 'road',
  s: 'south',
  sq: 'square',
  st: 'street',
  str: 'strasse',
  w: 'west',
  n: 'north',
};

/** English names of cities that the world calls by their own. */
export const ENGLISH_CITY_NAMES: Readonly<Record<string, string>> = {
  Athina: 'Athens',
  Bruxelles: 'Brussels',
  'Ciudad de México': 'Mexico City',
  Firenze: 'Florence',
  Genève: 'Geneva',
  København: 'Copenhagen',
  Köln: 'Cologne',
  Lisboa: 'Lisbon',
  'Minato City': 'Tokyo',
  Milano: 'Milan',
  München: 'Munich',
  Praha: 'Prague',
  Roma: 'Rome',
  'Sumida City': 'Tokyo',
  Warszawa: 'Warsaw',
  Wien: 'Vienna',
};
