import { describe, expect, it } from '@jest/globals';
import { createEcbSandboxVendor } from '../../sandbox/ecb/ecb-sandbox-vendor.ts';
import { parseCsv } from '../../subgraphs/connect/csv.ts';
import { describeRecorded, readRecorded } from './recorded.ts';

const NOON = Date.parse('2026-03-18T12:00:00Z');

function ask(path: string, { now = NOON, headers = {} }: AskOptions = {}) {
  const [pathname = '', query = ''] = path.split('?');
  const {
    status,
    body,
    headers: sent,
  } = createEcbSandboxVendor({ now: () => now }).answer({
    method: 'GET',
    path: `/service/data/${pathname}`,
    query: new URLSearchParams(query),
    headers,
    body: '',
  });
  // All of its answers are bytes.
  return { status, type: sent?.['content-type'], text: String(body) };
}

interface AskOptions {
  readonly now?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Row {
  readonly CURRENCY: string;
  readonly TIME_PERIOD: string;
  readonly OBS_VALUE: string;
}

// A cast: the header has these names.
const rowsOf = (text: string) => (parseCsv(text) ?? []) as unknown as readonly Row[];

const days = (path: string, now?: number) =>
  rowsOf(ask(path, now === undefined ? {} : { now }).text).map((row) => row.TIME_PERIOD);

const USD = 'EXR/D.USD.EUR.SP00.A?format=csvdata&detail=dataonly';

describe('the ECB sandbox vendor', () => {
  it('has rates of working days, not of weekends and TARGET holidays', () => {
    expect(days(`${USD}&startPeriod=2025-04-16&endPeriod=2025-04-23`)).toEqual([
      '2025-04-16',
      '2025-04-17',
      '2025-04-22',
      '2025-04-23',
    ]);
    expect(days(`${USD}&startPeriod=2025-12-24&endPeriod=2026-01-02`)).toEqual([
      '2025-12-24',
      '2025-12-29',
      '2025-12-30',
      '2025-12-31',
      '2026-01-02',
    ]);
  });

  it('has the rate of a day from the afternoon on', () => {
    const latest = `${USD}&lastNObservations=1`;
    expect(days(latest)).toEqual(['2026-03-17']);
    expect(days(latest, Date.parse('2026-03-18T15:30:00Z'))).toEqual(['2026-03-18']);
  });

  it('returns the last observations before the end of the period', () => {
    expect(days(`${USD}&endPeriod=2026-03-01&lastNObservations=2`)).toEqual([
      '2026-02-26',
      '2026-02-27',
    ]);
  });

  it('accepts several currencies, or all', () => {
    const on = 'format=csvdata&startPeriod=2026-03-02&endPeriod=2026-03-02';
    expect(rowsOf(ask(`EXR/D.USD+GBP.EUR.SP00.A?${on}`).text).map((row) => row.CURRENCY)).toEqual([
      'GBP',
      'USD',
    ]);
    const all = rowsOf(ask(`EXR/D..EUR.SP00.A?${on}`).text).map((row) => row.CURRENCY);
    expect(all).toHaveLength(29);
    expect(all).not.toContain('HRK');
  });

  it.each([
    ['a span without a rate', `${USD}&startPeriod=2026-02-28&endPeriod=2026-03-01`, 200],
    ['a series that there is not', 'EXR/D.KES.EUR.SP00.A?format=csvdata', 404],
    ['a dataflow that there is not', 'NONE/D.USD.EUR.SP00.A?format=csvdata', 404],
    ['a key without all dimensions', 'EXR/D.USD.EUR?format=csvdata', 400],
    ['a day that is none', `${USD}&startPeriod=2026-13-01`, 400],
    ['a detail that is none', 'EXR/D.USD.EUR.SP00.A?format=csvdata&detail=some', 400],
    ['another format', 'EXR/D.USD.EUR.SP00.A?format=jsondata', 406],
  ])('has no rates for %s', (_title, path, status) => {
    const answered = ask(path);
    expect(answered.status).toBe(status);
    if (status === 200) expect(answered).toMatchObject({ type: 'text/csv', text: '' });
    else expect(answered).toMatchObject({ type: 'text/plain', text: expect.stringMatching(/./) });
  });

  it('returns XML unless a parameter or a header requests CSV', () => {
    const path = 'EXR/D.USD.EUR.SP00.A?lastNObservations=1';
    expect(ask(path).type).toMatch(/xml/);
    expect(ask(path, { headers: { accept: 'text/csv' } }).type).toBe('text/csv');
    expect(ask(path, { headers: { accept: 'application/json' } }).status).toBe(406);
  });
});

describeRecorded('the response shapes of the ECB sandbox vendor', () => {
  // Read by the tests alone: the body of a skipped group runs too.
  const recorded = () =>
    readRecorded('rates/ecb.json') as readonly { readonly url: string; readonly body: string }[];

  it('have the columns, the currencies and the working days of the recordings', () => {
    for (const { url, body } of recorded()) {
      const theirs = rowsOf(body).filter((row) => row.OBS_VALUE !== '');
      const last = Date.parse('2026-03-18T16:00:00Z');
      const ours = rowsOf(ask(url.replace(/^.*\/data\//, ''), { now: last }).text);
      expect(Object.keys(ours[0] ?? {})).toEqual(
        expect.arrayContaining(Object.keys(theirs[0] ?? {})),
      );
      const seriesOf = (rows: readonly Row[], currency: string) =>
        rows.filter((row) => row.CURRENCY === currency).map((row) => row.TIME_PERIOD);
      const currencies = new Set(theirs.map((row) => row.CURRENCY));
      for (const currency of currencies) {
        const days = seriesOf(theirs, currency);
        // One recording is cut off within a series.
        expect([currency, seriesOf(ours, currency).slice(0, days.length)]).toEqual([
          currency,
          days,
        ]);
      }
    }
  });

  it('have rates with the decimal places of the recordings, without trailing zeros', () => {
    const placesOf = (rows: readonly Row[]) => {
      const places = new Map<string, number>();
      for (const { CURRENCY: code, OBS_VALUE: value } of rows) {
        expect(value).toMatch(/^\d+(?:\.\d*[1-9])?$/);
        places.set(code, Math.max(places.get(code) ?? 0, value.split('.')[1]?.length ?? 0));
      }
      return places;
    };
    const [{ url, body } = { url: '', body: '' }] = recorded().slice(1);
    const theirs = placesOf(rowsOf(body).filter((row) => row.OBS_VALUE !== ''));
    const ours = placesOf(rowsOf(ask(url.replace(/^.*\/data\//, '')).text));
    expect(ours).toEqual(theirs);
  });
});
