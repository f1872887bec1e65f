/** One metric in a PromQL expression: `{ name: 'up', matchers: [{ label: 'job', values: ['a', 'b'] }] }`. */
export interface Selector {
  readonly name: string;
  /** The values of `label=~"a|b"` are a and b. A Grafana variable is no value. */
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
}

/** @returns each metric that an expression reads */
export function selectorsIn(expression: string): readonly Selector[] {
  return Array.from(
    expression.matchAll(/\b((?:tributary|nodejs|process)_\w+|up)(?:\{([^}]*)\})?/g),
    ([, name = '', matchers = '']) => ({
      name,
      matchers: Array.from(
        matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g),
        ([, label = '', text = '']) => ({
          label,
          values: text.startsWith('$') ? [] : text.split('|'),
        }),
      ),
    }),
  );
}

/** @returns the labels in `by (...)` and `on (...)` */
export function groupingLabelsIn(expression: string): readonly string[] {
  return Array.from(expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g), ([, labels = '']) =>
    labels.split(/, ?/),
  ).flat();
}
