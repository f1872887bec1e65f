import type {
  SandboxVendor,
  SandboxVendorRequest,
  SandboxVendorResponse,
} from '../sandbox-vendor.ts';
import { ECB_CURRENCIES, type EcbCurrency, FIRST_DAY } from './ecb-currencies.ts';
import { daysBetween, isWorkingDay, lastPublished, timeOf } from './ecb-days.ts';

export interface EcbSandboxOptions {
  /** Milliseconds. @default the clock of the machine */
  readonly now?: () => number;
}

/**
 * Stands in for the data API of the European Central Bank, with invented exchange rates: https://data.ecb.europa.eu/help/api/data. It has the
 * daily series of the dataflow `EXR` against the euro, as CSV alone.
 */
export function createEcbSandboxVendor({ now = Date.now }: EcbSandboxOptions = {}): SandboxVendor {
  return {
    vendor: 'ecb',
    answer: (request) => {
      if (request.method !== 'GET') return textAnswer(405, 'Method Not Allowed');
      const [, flow, key = ''] =
        /^\/service\/data\/([^/]+)(?:\/([^/]*))?\/?$/.exec(request.path) ?? [];
      if (flow === undefined || !/^(?:ECB,)?EXR(?:,1\.0)?$/.test(decodeURIComponent(flow)))
        return textAnswer(404, NOTHING_FOUND);
      return answerData(decodeURIComponent(key), request, lastPublished(now()));
    },
  };
}

const NOTHING_FOUND = 'No results found.';

function answerData(
  key: string,
  request: SandboxVendorRequest,
  latest: string,
): SandboxVendorResponse {
  const query = readQuery(request.query);
  if (typeof query === 'string') return textAnswer(400, query);
  const found = findCurrencies(key);
  if (found === undefined) return textAnswer(400, `The key ${key} is not one of five dimensions.`);
  if (found.length === 0) return textAnswer(404, NOTHING_FOUND);
  const format = formatOf(request);
  if (format === 'xml') return xmlAnswer();
  if (format === undefined) return textAnswer(406, 'The representation is not supported.');
  const rows = found.flatMap((currency) => observationsOf(currency, query, latest));
  // Series without an observation in the span: a success without a body.
  return rows.length === 0 ? csvAnswer('') : csvAnswer([HEADER, ...rows, ''].join('\n'));
}

const HEADER = 'KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE';

interface DataQuery {
  readonly start: string;
  readonly end: string;
  readonly first: number | undefined;
  readonly last: number | undefined;
}

const DETAILS = ['full', 'dataonly', 'serieskeysonly', 'nodata'];

/** @returns what is wrong with it, as text */
function readQuery(query: URLSearchParams): DataQuery | string {
  const detail = query.get('detail') ?? 'full';
  if (!DETAILS.includes(detail)) return `The value ${detail} of detail is invalid.`;
  for (const name of ['startPeriod', 'endPeriod'])
    if (!isPeriod(query.get(name) ?? FIRST_DAY)) return `The value of ${name} is invalid.`;
  for (const name of ['firstNObservations', 'lastNObservations'])
    if (!/^[1-9]\d{0,8}$/.test(query.get(name) ?? '1')) return `The value of ${name} is invalid.`;
  const numberOf = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  return {
    start: query.get('startPeriod') ?? '',
    // `2026-03` stands for all of its days.
    end: `${query.get('endPeriod') ?? '9999'}-99`,
    first: numberOf('firstNObservations'),
    last: numberOf('lastNObservations'),
  };
}

const isPeriod = (text: string) =>
  /^\d{4}(?:-\d\d(?:-\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text));

/** Of a key such as `D.USD+GBP.EUR.SP00.A`, in which an empty dimension stands for all values. */
function findCurrencies(key: string): readonly EcbCurrency[] | undefined {
  const dimensions = key.split('.');
  if (dimensions.length !== 5) return undefined;
  const has = (index: number, value: string) =>
    (dimensions[index] === '' || dimensions[index]?.split('+').includes(value)) ?? false;
  if (!has(0, 'D') || !has(2, 'EUR') || !has(3, 'SP00') || !has(4, 'A')) return [];
  return ECB_CURRENCIES.filter(({ code }) => has(1, code));
}

function formatOf({ query, headers }: SandboxVendorRequest): 'csv' | 'xml' | undefined {
  const format = query.get('format');
  if (format !== null) return format === 'csvdata' ? 'csv' : undefined;
  const accept = headers['accept'] ?? '*/*';
  if (accept.includes('text/csv')) return 'csv';
  return accept.includes('*/*') || accept.includes('xml') ? 'xml' : undefined;
}

function observationsOf(
  currency: EcbCurrency,
  { start, end, first, last }: DataQuery,
  latest: string,
): readonly string[] {
  const { code } = currency;
  const from = [currency.first ?? FIRST_DAY, start].reduce((a, b) => (a > b ? a : b));
  const to = [currency.last ?? latest, latest].reduce((a, b) => (a < b ? a : b));
  const days = [...daysBetween(firstDayOf(from), to)].filter(
    (day) => day <= end && isWorkingDay(day),
  );
  const chosen = days.slice(0, first).slice(last === undefined ? 0 : -last);
  return chosen.map(
    (day) => `EXR.D.${code}.EUR.SP00.A,D,${code},EUR,SP00,A,${day},${rateOn(currency, day)}`,
  );
}

const firstDayOf = (period: string) => `${period}-01-01`.slice(0, 'YYYY-MM-DD'.length);

/** Moves by a tenth in years and by a hundredth in weeks; the same for the same day. Without zeros at the end, as the API writes it. */
function rateOn({ code, rate, decimals }: EcbCurrency, day: string): string {
  const days = timeOf(day) / 86_400_000;
  const phase = code.charCodeAt(0) + code.charCodeAt(2);
  const factor = 1 + 0.1 * Math.sin(days / 311 + phase) + 0.01 * Math.sin(days / 5 + phase);
  return String(Number((rate * factor).toFixed(decimals)));
}

const csvAnswer = (text: string): SandboxVendorResponse => ({
  status: 200,
  headers: {
    'content-type': 'text/csv',
    'content-disposition': 'attachment;filename=data.csv',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'max-age=30',
    vary: 'accept',
  },
  body: Buffer.from(text),
});

const textAnswer = (status: number, text: string): SandboxVendorResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from(text),
});

/** What comes where the request names no format. */
const xmlAnswer = (): SandboxVendorResponse => ({
  status: 200,
  headers: { 'content-type': 'application/vnd.sdmx.genericdata+xml;version=2.1' },
  body: Buffer.from('<?xml version="1.0" encoding="UTF-8"?><message:GenericData/>'),
});
