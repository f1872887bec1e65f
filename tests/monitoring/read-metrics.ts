/** What `GET /metrics` says: values by name and labels, as they are written: `up{vendor="stripe"}`. */
export async function readMetrics(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`);
  return parseMetrics(await response.text());
}

export function parseMetrics(text: string): ReadonlyMap<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** The samples of one metric, by their labels. */
export function samplesOf(
  metrics: ReadonlyMap<string, number>,
  name: string,
): Readonly<Record<string, number>> {
  const found = [...metrics].filter(([sample]) => sample === name || sample.startsWith(`${name}{`));
  return Object.fromEntries(found.map(([sample, value]) => [sample.slice(name.length), value]));
}
