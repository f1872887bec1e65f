const DAY_MS = 86_400_000;

/**
 * Whether rates are published on a day: not at weekends, nor on the holidays of the payment system TARGET,
 * https://www.ecb.europa.eu/ecb/contacts/working-hours/html/index.en.html.
 */
export function isWorkingDay(day: string): boolean {
  const time = timeOf(day);
  const weekday = new Date(time).getUTCDay();
  if (weekday === 0 || weekday === 6) return false;
  if (HOLIDAYS.has(day.slice('YYYY-'.length))) return false;
  const sinceEaster = (time - easterSunday(Number(day.slice(0, 4)))) / DAY_MS;
  return sinceEaster !== -2 && sinceEaster !== 1;
}

const HOLIDAYS = new Set(['01-01', '05-01', '12-25', '12-26']);

/** Days from one to the other, both included. */
export function* daysBetween(first: string, last: string): Generator<string> {
  for (let time = timeOf(first); time <= timeOf(last); time += DAY_MS) yield dayOf(time);
}

/** Rates of a day are published at about 16:00 Central European Time, for which this takes 15:00 UTC. */
export const lastPublished = (now: number): string => dayOf(now - 15 * 3_600_000);

export const timeOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);

/** By the rule of Gauss, as Meeus gives it for the Gregorian calendar. */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return Date.UTC(year, month - 1, day);
}
