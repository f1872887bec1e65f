import type { CallRecord, MappingProblemRecord } from '../../request/request-scope.ts';
import type { OperationCost, TracedResponse } from './fetch-traced.ts';
import { hueOf } from './hue.ts';

/** The REST calls of the response above, equal ones in one row, with bars on a time line. */
export function UpstreamCalls({ response }: { readonly response: TracedResponse | undefined }) {
  if (!response)
    return (
      <p className="upstream-empty">
        Run a query or a mutation to see the REST calls that answer it.
      </p>
    );
  const { calls, mappingProblems } = response;
  return (
    <details className="upstream" open>
      <summary>
        <Summary response={response} />
      </summary>
      {calls && calls.length > 0 && <Calls calls={calls} />}
      {mappingProblems.length > 0 && <MappingProblems problems={mappingProblems} />}
    </details>
  );
}

function Summary({ response: { calls, cost, ms, bytes } }: { readonly response: TracedResponse }) {
  return (
    <>
      <strong>{calls ? countOf(calls.length, 'call') : 'Calls not reported'}</strong>
      {[...Map.groupBy(calls ?? [], ({ vendor }) => vendor)].map(
        ([vendor, { 0: first, length }]) => (
          <span key={vendor} className="upstream-vendor" data-hue={first && hueOf(first.service)}>
            {vendor} {length}
          </span>
        ),
      )}
      <span className="upstream-total">
        {cost && <Cost cost={cost} calls={calls?.length ?? 0} />}
        <span>{milliseconds(ms)}</span>
        <span>{kilobytes(bytes)}</span>
      </span>
    </>
  );
}

interface CostProps {
  readonly cost: OperationCost;
  /** The actual number of calls. */
  readonly calls: number;
}

const Cost = ({ cost: { estimated, maxCalls }, calls }: CostProps) => (
  <span title="Estimated before the operation runs, without retries. The cost counts towards the caller's limit.">
    cost {estimated}
    {maxCalls !== undefined && `, at most ${countOf(maxCalls, 'call')}`}
    {maxCalls !== undefined && calls > maxCalls && ' without retries'}
  </span>
);

function Calls({ calls }: { readonly calls: readonly CallRecord[] }) {
  const beginning = Math.min(...calls.map(({ startMs }) => startMs));
  const length = Math.max(...calls.map(({ startMs, ms }) => startMs + ms)) - beginning;
  const groups = Map.groupBy(calls, ({ vendor, method, path, status, noBatchReason = '' }) =>
    [vendor, method, path, status, noBatchReason].join(' '),
  );
  return (
    <div className="upstream-calls">
      <table>
        <thead>
          <tr>
            <th>Vendor</th>
            <th>Call</th>
            <th title="Records in the batch">Batch</th>
            <th>Status</th>
            <th>Time</th>
            <th>When</th>
          </tr>
        </thead>
        <tbody>
          {[...groups].map(([key, [first, ...others]]) => (
            <EqualCalls key={key} {...{ first, others, beginning, length }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface EqualCallsProps {
  readonly first: CallRecord | undefined;
  readonly others: readonly CallRecord[];
  readonly beginning: number;
  readonly length: number;
}

function EqualCalls({ first, others, beginning, length }: EqualCallsProps) {
  if (!first) return null;
  const calls = [first, ...others];
  const percent = (ms: number) => `${((ms / length) * 100).toFixed(2)}%`;
  const { service, vendor, method, path, status, noBatchReason } = first;
  const isSuccess = status !== null && status < 400;
  return (
    <tr data-hue={hueOf(service)}>
      <td className="upstream-vendor">{vendor}</td>
      <td className="upstream-call">
        <code>
          <b>{method}</b> {path}
        </code>
        {others.length > 0 && (
          <small>
            ×{calls.length}
            {isSuccess ? noBatchReason !== undefined && `: ${noBatchReason}` : ' failed'}
          </small>
        )}
      </td>
      <td className="upstream-batch">{batchSizes(calls)}</td>
      <td className={isSuccess ? 'upstream-status' : 'upstream-status upstream-failed'}>
        {status ?? 'no response'}
      </td>
      <td className="upstream-time">{times(calls)}</td>
      <td className="upstream-when">
        <div>
          {calls.map(({ startMs, ms }, index) => (
            <i key={index} style={{ left: percent(startMs - beginning), width: percent(ms) }} />
          ))}
        </div>
      </td>
    </tr>
  );
}

/** Problems of connector mappings. */
function MappingProblems({ problems }: { readonly problems: readonly MappingProblemRecord[] }) {
  return (
    <ul className="upstream-problems">
      {problems.map(({ connector, mapping, kind, line, column, path, count }, index) => (
        <li key={index}>
          {connector} <code>{mapping}</code> {String(line)}:{String(column)}{' '}
          {kind.replaceAll('_', ' ')}
          {path !== '' && (
            <>
              {' '}
              at <code>{path}</code>
            </>
          )}
          {count > 1 && <small> ×{count}</small>}
        </li>
      ))}
    </ul>
  );
}

function batchSizes(calls: readonly CallRecord[]): string {
  const sizes = calls.flatMap(({ batchSize }) => batchSize ?? []);
  return sizes.map((size) => `×${String(size)}`).join(', ');
}

function times(calls: readonly CallRecord[]): string {
  const shortest = milliseconds(Math.min(...calls.map(({ ms }) => ms)));
  const longest = milliseconds(Math.max(...calls.map(({ ms }) => ms)));
  return shortest === longest ? longest : `${shortest.replace(' ms', '')}–${longest}`;
}

const countOf = (count: number, what: string) =>
  `${String(count)} ${what}${count === 1 ? '' : 's'}`;
const milliseconds = (ms: number) => `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
const kilobytes = (bytes: number) =>
  bytes < 1000 ? `${String(bytes)} B` : `${(bytes / 1000).toFixed(1)} kB`;
