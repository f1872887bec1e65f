import type { Random } from './random.ts';

export interface PersonName {
  readonly firstName: string;
  readonly lastName: string;
  /** The name in ASCII, as the local part of an e-mail address: `zoe.lefevre`. */
  readonly mailbox: string;
}

/** A name that is at home in the country, where its names are known here. */
export function personName(random: Random, countryCode: string | undefined): PersonName {
  const [firstNames, lastNames] = NAMES[CULTURES[countryCode ?? ''] ?? 'english'];
  const firstName = random.pick(firstNames);
  const lastName = random.pick(lastNames);
  return { firstName, lastName, mailbox: `${toAscii(firstName)}.${toAscii(lastName)}` };
}

const toAscii = (name: string) =>
  (ROMANISED[name] ?? name)
    .toLowerCase()
    .replaceAll(/[ßøæłıðþ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/[^a-z]/g, '');

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  ł: 'l',
  ı: 'i',
  ð: 'd',
  þ: 'th',
};

type Names = readonly [readonly [string, ...string[]], readonly [string, ...string[]]];

const NAMES = {
  english: [
    [
      'Amelia',
      'Grace',
      'Jasmine',
      'Maya',
      'Ruth',
      'Theo',
      'Oliver',
      'Marcus',
      'Ethan',
      'Nia',
      'Caleb',
      'Hannah',
    ],
    [
      "O'Connor",
      'Bennett',
      'Hughes',
      'Okafor',
      'Sinclair',
      'Whitfield',
      'Carter',
      'Nguyen',
      'Ramirez',
      'Delacroix',
      'Ward',
      'Smith-Jones',
    ],
  ],
  french: [
    ['Zoé', 'Chloé', 'Aurélie', 'Inès', 'Jean-Luc', 'Rémi', 'Noël', 'Étienne'],
    ['Lefèvre', 'Moreau', 'Bélanger', 'Durand', 'Girard', 'Fournier', "D'Aubigné", 'Marchand'],
  ],
  german: [
    ['Jürgen', 'Anneliese', 'Björn', 'Katharina', 'Lukas', 'Sören', 'Heike', 'Mathias'],
    ['Müller', 'Schröder', 'Weiß', 'Köhler', 'Brandt', 'von Ahlefeld', 'Vogel', 'Groß'],
  ],
  spanish: [
    ['María José', 'Íñigo', 'Lucía', 'Álvaro', 'Núria', 'Sofía', 'Joaquín', 'Andrés'],
    ['García', 'Muñoz', 'Ibáñez', 'Peña', 'Castellanos', 'Rodríguez', 'Vila', 'Ortúzar'],
  ],
  portuguese: [
    ['João', 'Inês', 'Conceição', 'Thiago', 'Beatriz', 'Gonçalo', 'Marília', 'Luís'],
    ['Araújo', 'Gonçalves', 'da Silva', 'Magalhães', 'Falcão', 'Nogueira', 'Simões', 'Prado'],
  ],
  italian: [
    ['Giulia', 'Niccolò', 'Chiara', 'Matteo', 'Desirée', 'Lorenzo', 'Ilaria', 'Dante'],
    ['Rossi', 'De Luca', 'Bianchi', "D'Angelo", 'Ferrari', 'Morè', 'Conti', 'Galli'],
  ],
  nordic: [
    ['Åse', 'Bjørn', 'Sigrún', 'Håkan', 'Maj', 'Søren', 'Aino', 'Þóra'],
    ['Ødegård', 'Lindström', 'Jónsdóttir', 'Nygård', 'Kjær', 'Mäkinen', 'Åkesson', 'Holm'],
  ],
  dutch: [
    ['Daan', 'Sanne', 'Noor', 'Joris', 'Femke', 'Zoë'],
    ['van den Berg', 'de Vries', 'Jansen', 'Visser', "van 't Hoff", 'Peeters'],
  ],
  slavic: [
    ['Łukasz', 'Zuzanna', 'Jiří', 'Kateřina', 'Małgorzata', 'Tomáš'],
    ['Wójcik', 'Nowák', 'Dvořák', 'Świątek', 'Kowalska', 'Černý'],
  ],
  hungarian: [
    ['Gergő', 'Réka', 'Zsófia', 'István'],
    ['Szabó', 'Nagy', 'Kővári', 'Tóth'],
  ],
  greek: [
    ['Ελένη', 'Nikos', 'Δημήτρης', 'Sofia'],
    ['Παπαδοπούλου', 'Georgiou', 'Nikolaidis', 'Μακρής'],
  ],
  turkish: [
    ['Ayşe', 'Çağla', 'İbrahim', 'Yiğit'],
    ['Yılmaz', 'Öztürk', 'Şahin', 'Doğan'],
  ],
  arabic: [
    ['Layla', 'Omar', 'نور', 'Yasmin'],
    ['Haddad', 'المصري', 'El-Sayed', 'Mansour'],
  ],
  african: [
    ['Thandiwe', 'Sipho', 'Wanjiru', 'Otieno', 'Naledi', 'Pieter'],
    ['Nkosi', 'Mwangi', 'Odhiambo', 'Botha', 'Dlamini', 'Kamau'],
  ],
  indian: [
    ['Priya', 'Arjun', 'Ananya', 'अमित', 'Meera', 'Vikram'],
    ['Sharma', 'Iyer', 'Deshpande', 'Thapa', 'Banerjee', 'Rao'],
  ],
  japanese: [
    ['Haruka', 'Kenji', '美咲', 'Yūto', '健太', 'Aiko'],
    ['佐藤', 'Tanaka', 'Watanabe', '鈴木', 'Itō', 'Kobayashi'],
  ],
  korean: [
    ['민준', 'Ji-woo', 'Seo-yeon', 'Hyun'],
    ['김', 'Park', 'Choi', 'Lee'],
  ],
  chinese: [
    ['Wei', 'Xiaomei', '志明', 'Jun', 'Mei-Ling'],
    ['Chen', '王', 'Lin', 'Tan', 'Wong'],
  ],
} satisfies Record<string, Names>;

const CULTURES: Readonly<Record<string, keyof typeof NAMES>> = {
  AE: 'arabic',
  AR: 'spanish',
  AT: 'german',
  BE: 'dutch',
  BR: 'portuguese',
  CH: 'german',
  CL: 'spanish',
  CN: 'chinese',
  CO: 'spanish',
  CZ: 'slavic',
  DE: 'german',
  DK: 'nordic',
  EG: 'arabic',
  ES: 'spanish',
  FI: 'nordic',
  FR: 'french',
  GR: 'greek',
  HK: 'chinese',
  HU: 'hungarian',
  IN: 'indian',
  IS: 'nordic',
  IT: 'italian',
  JP: 'japanese',
  KE: 'african',
  KR: 'korean',
  MX: 'spanish',
  MY: 'chinese',
  NL: 'dutch',
  NO: 'nordic',
  NP: 'indian',
  PL: 'slavic',
  PT: 'portuguese',
  SE: 'nordic',
  SG: 'chinese',
  TR: 'turkish',
  TW: 'chinese',
  ZA: 'african',
};

const ROMANISED: Readonly<Record<string, string>> = {
  Ελένη: 'Eleni',
  Δημήτρης: 'Dimitris',
  Παπαδοπούλου: 'Papadopoulou',
  Μακρής: 'Makris',
  نور: 'Nour',
  المصري: 'Almasri',
  अमित: 'Amit',
  美咲: 'Misaki',
  健太: 'Kenta',
  佐藤: 'Sato',
  鈴木: 'Suzuki',
  민준: 'Minjun',
  김: 'Kim',
  志明: 'Zhiming',
  王: 'Wang',
};
