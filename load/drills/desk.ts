import { spawn } from 'node:child_process';
import type { Report } from '../report.ts';
import type { DrillOptions } from './oracle.ts';

const ALERTS = 10_000;
const ACKS = 10;
const SCRIPT = new URL('../../client/e2e/desk-proof.ts', import.meta.url).pathname;
const LINES_MOST = 60;
const TASK_MOST_MS = 50;
const SEEN_MOST_MS = 300;

export interface DeskMeasured {
  readonly alertCount: number;
  /** Lines of the list in the page, the most while it was scrolled. */
  readonly mostLines: number;
  /** Tasks over 50 ms while it was scrolled, as the browser tells them. */
  readonly longTasksMs: readonly number[];
  /** From a press of `a` to the owner in the second screen's page. */
  readonly seenMs: readonly number[];
  readonly faults: readonly string[];
}

/** What the desk did with ten thousand open alerts. The figures of time count at full size only, on a machine with nothing else to do. Pure. */
export function judgeDesk(measured: DeskMeasured, isTimed: boolean): Report {
  const { alertCount, mostLines, longTasksMs, seenMs, faults } = measured;
  const sorted = [...seenMs].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? Number.POSITIVE_INFINITY;
  const worst = sorted.at(-1) ?? Number.POSITIVE_INFINITY;
  const longest = Math.max(0, ...longTasksMs);
  const checks: readonly (readonly [string, string, boolean])[] = [
    [
      'lines',
      `at most ${mostLines} in the page with ${alertCount} open alerts (goal: ≤ ${LINES_MOST})`,
      mostLines <= LINES_MOST,
    ],
    [
      'scrolling',
      longTasksMs.length === 0
        ? `no task over ${TASK_MOST_MS} ms`
        : `${longTasksMs.length} tasks over ${TASK_MOST_MS} ms, the longest ${Math.round(longest)} ms (goal: none)`,
      !isTimed || longTasksMs.length === 0,
    ],
    [
      'ack',
      `press → owner on a second screen: median ${Math.round(median)} ms, worst ${Math.round(worst)} ms of ${seenMs.length} (goal: ≤ ${SEEN_MOST_MS} ms)`,
      !isTimed || worst <= SEEN_MOST_MS,
    ],
    ['errors', faults.length === 0 ? 'none' : faults.slice(0, 3).join(' · '), faults.length === 0],
  ];
  return {
    ok: checks.every(([, , ok]) => ok),
    lines: checks.map(([name, words, ok]) => `  ${ok ? ' ' : '✗'} ${name.padEnd(10)}${words}`),
  };
}

/** Two on-call desks in a real Chromium over a whole server with 10,000 open alerts. */
export async function deskDrill({ scale, quiet }: DrillOptions): Promise<Report> {
  const alerts = Math.max(200, Math.round(ALERTS * scale));
  if (!quiet) process.stdout.write(`  two desks with ${alerts} open alerts\n`);
  const args = ['--import', 'tsx', SCRIPT, '--alerts', String(alerts), '--acks', String(ACKS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): void => void child.kill('SIGKILL');
  process.once('exit', stop);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  process.off('exit', stop);
  const line = output.split('\n').find((one) => one.startsWith('{'));
  if (code !== 0 || line === undefined)
    return { ok: false, lines: [`  the browser gave up (exit ${code}): ${output}`] };
  return judgeDesk(JSON.parse(line) as DeskMeasured, scale >= 1);
}
