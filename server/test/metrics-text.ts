/** Prometheus' text format, as far as tests need it. */
export interface MetricsText {
  /** Name → type, in the order they came. */
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
  /** `name{a="b"}` → value. */
  readonly values: ReadonlyMap<string, number>;
  /** Sum over all series of a name. */
  sum(name: string): number;
}

export function readMetrics(text: string): MetricsText {
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const comment = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line);
    if (comment !== null) (comment[1] === 'TYPE' ? types : helps).set(comment[2] as string, comment[3] as string);
    else if (line !== '')
      values.set(line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1)));
  }
  const sum = (name: string): number =>
    [...values].reduce(
      (total, [series, n]) => (series === name || series.startsWith(`${name}{`) ? total + n : total),
      0,
    );
  return { types, helps, values, sum };
}
