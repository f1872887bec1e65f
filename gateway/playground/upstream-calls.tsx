import type { CallRecord } from '../../request/request-scope.ts';
import type { TracedResponse } from './fetch-traced.ts';

/** The REST calls behind the answer above: a row each, with a bar that says when it ran. */
export function UpstreamCalls({ answer }: { readonly answer: TracedResponse | undefined }) {
  if (!answer)
    return <p className="upstream-empty">Run an operation to see the REST calls that answer it.</p>;
  const { calls } = answer;
  if (!calls)
    return <p className="upstream-empty">This gateway does not report its vendor calls.</p>;
  return (
    <details className="upstream" open>
      <summary>
        <Summary answer={answer} calls={calls} />
      </summary>
      {calls.length > 0 && <Calls calls={calls} />}
    </details>
  );
}

function Summary({
  answer,
  calls,
}: {
  readonly answer: TracedResponse;
  readonly calls: readonly CallRecord[];
}) {
  return (
    <>
      <strong>
        {calls.length === 1 ? '1 upstream call' : `${String(calls.length)} upstream calls`}
      </strong>
      {[...Map.groupBy(calls, ({ vendor }) => vendor)].map(([vendor, { 0: first, length }]) => (
        <span key={vendor} className="upstream-vendor" data-hue={first && hueOf(first.service)}>
          {vendor} {length}
        </span>
      ))}
      <span className="upstream-total">
        {milliseconds(answer.ms)} · {kilobytes(answer.bytes)}
      </span>
    </>
  );
}

function Calls({ calls }: { readonly calls: readonly CallRecord[] }) {
  const beginning = Math.min(...calls.map(({ startMs }) => startMs));
  const length = Math.max(...calls.map(({ startMs, ms }) => startMs + ms)) - beginning;
  return (
    <div className="upstream-calls">
      <table>
        <thead>
          <tr>
            <th>Vendor</th>
            <th>Call</th>
            <th title="Records in this call">Batch</th>
            <th>Status</th>
            <th>Time</th>
            <th>When</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call, index) => (
            <Call key={index} call={call} beginning={beginning} length={length} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Call({
  call,
  beginning,
  length,
}: {
  readonly call: CallRecord;
  readonly beginning: number;
  readonly length: number;
}) {
  const percent = (ms: number) => `${((ms / length) * 100).toFixed(2)}%`;
  return (
    <tr data-hue={hueOf(call.service)}>
      <td className="upstream-vendor">{call.vendor}</td>
      <td>
        <code>
          <b>{call.method}</b> {call.path}
        </code>
      </td>
      <td>{call.batchSize !== null && `×${String(call.batchSize)}`}</td>
      <td className={call.status !== null && call.status < 400 ? undefined : 'upstream-failed'}>
        {call.status ?? 'no response'}
      </td>
      <td>{milliseconds(call.ms)}</td>
      <td className="upstream-when">
        <i style={{ marginLeft: percent(call.startMs - beginning), width: percent(call.ms) }} />
      </td>
    </tr>
  );
}

const milliseconds = (ms: number) => `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
const kilobytes = (bytes: number) =>
  bytes < 1000 ? `${String(bytes)} B` : `${(bytes / 1000).toFixed(1)} kB`;

/** One of the six colours of `playground.css`, the same for a subgraph each time. */
const hueOf = (service: string) =>
  Array.from(service, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % 6;
