import { KPI_WINDOWS, type KpiWindow } from '#contract/kpis';
import type { Check, CheckOutcome, CheckReading, CheckTerm } from '#contract/runbooks';

const TERM =
  /^([a-z][a-z0-9_]*)@(1m|5m|1h|open)(?:\{([a-z_]+=[A-Za-z0-9._:-]+(?:,[a-z_]+=[A-Za-z0-9._:-]+)*)\})? (<=|>=|<|>) (-?\d+(?:\.\d+)?)(%|‰)?$/;
const WITHIN = / within (\d+) (s|min)$/;
/** The effect of the step's own action, where a figure could be true without it. */
const IN_EFFECT = 'in effect';
/** Divided by, not multiplied with: 0.1 × 0.01 is not 0.001 in binary. */
const PARTS = { '%': 100, '‰': 1_000 } as const;

/**
 * Reads `kpi@window[{label=value}] <op> <number>[%|‰]`, joined by ` and `, among them `in effect`, with an optional ` within <n> s|min` at the end.
 * @returns the check, or what is wrong with it in words
 */
export function parseCheck(text: string): Check | string {
  const within = WITHIN.exec(text);
  const body = within === null ? text : text.slice(0, within.index);
  const withinMs = within === null ? 0 : Number(within[1]) * (within[2] === 's' ? 1_000 : 60_000);
  const terms: CheckTerm[] = [];
  let inEffect = false;
  for (const part of body.split(' and ')) {
    if (part === IN_EFFECT) {
      inEffect = true;
      continue;
    }
    const found = TERM.exec(part);
    if (found === null) return `"${part}" is not <kpi>@<${KPI_WINDOWS.join('|')}> <op> <number>`;
    const [, kpi = '', window = '1m', labels, op = '<', number = '0', scale] = found;

    const value = scale === undefined ? Number(number) : Number(number) / PARTS[scale as keyof typeof PARTS];
    terms.push({
      kpi,
      window: window as KpiWindow,
      labels: Object.fromEntries((labels?.split(',') ?? []).map((pair) => pair.split('=') as [string, string])),
      op: op as CheckTerm['op'],
      value,
    });
  }
  return { text, terms, withinMs, ...(inEffect ? { inEffect } : {}) };
}

function holds({ op, value: limit }: CheckTerm, value: number): boolean {
  switch (op) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

/**
 * Looks at the figures. One term that is false makes the check fail, whatever the others say; otherwise one that cannot be
 * said makes it unknown: nothing is called verified that nobody has seen.
 * @param value - a KPI's value, null when it has none or too few events
 * @param inEffect - whether what the action does holds, null when nobody can say
 */
export function readCheck(
  check: Check,
  value: (term: CheckTerm) => number | null,
  inEffect: boolean | null = null,
): CheckReading {
  const values = check.terms.map(value);
  let outcome: CheckOutcome =
    check.inEffect === undefined || inEffect === true ? 'passed' : inEffect === null ? 'unknown' : 'failed';
  check.terms.forEach((term, index) => {
    const found = values[index] ?? null;
    if (found === null) outcome = outcome === 'failed' ? 'failed' : 'unknown';
    else if (!holds(term, found)) outcome = 'failed';
  });
  return { outcome, values };
}
