import { spawn } from 'node:child_process';
import type { Report } from '../report.ts';
import type { DrillOptions } from './oracle.ts';

const SECONDS = 600;
const SCRIPT = new URL('../../client/e2e/soak.ts', import.meta.url).pathname;
/** Check 39 of the screens. */
const HEAP_GROWTH_MOST = 0.1;
const NODE_GROWTH_MOST = 0.05;
const BUSY_MOST = 0.4;

interface Held {
  readonly heapBytes: number;
  readonly nodesCount: number;
  readonly listenersCount: number;
  readonly busyS: number;
  readonly atMs: number;
}
export interface Soaked {
  readonly warm: Held;
  readonly end: Held;
  readonly faults: readonly string[];
}

/** What a wall held after half a night's messages, against what it held when it was warm. Pure. */
export function judgeSoak({ warm, end, faults }: Soaked): Report {
  const growth = (of: 'heapBytes' | 'nodesCount' | 'listenersCount'): number => end[of] / Math.max(1, warm[of]) - 1;
  const busyRatio = (end.busyS - warm.busyS) / Math.max(0.001, (end.atMs - warm.atMs) / 1_000);
  const percent = (ratio: number): string => `${ratio < 0 ? '−' : '+'}${Math.abs(ratio * 100).toFixed(1)} %`;
  const checks: readonly (readonly [string, string, boolean])[] = [
    [
      'heap',
      `${(warm.heapBytes / 1e6).toFixed(1)} → ${(end.heapBytes / 1e6).toFixed(1)} MB after a collection, ${percent(growth('heapBytes'))} (goal: < 10 %)`,
      growth('heapBytes') < HEAP_GROWTH_MOST,
    ],
    [
      'nodes',
      `${warm.nodesCount} → ${end.nodesCount}, ${percent(growth('nodesCount'))} (goal: < 5 %)`,
      growth('nodesCount') < NODE_GROWTH_MOST,
    ],
    [
      'listeners',
      `${warm.listenersCount} → ${end.listenersCount}, ${percent(growth('listenersCount'))} (goal: < 5 %)`,
      growth('listenersCount') < NODE_GROWTH_MOST,
    ],
    ['busy', `main thread ${(busyRatio * 100).toFixed(0)} % of the time at 4K (goal: < 40 %)`, busyRatio < BUSY_MOST],
    ['errors', faults.length === 0 ? 'none' : faults.slice(0, 3).join(' · '), faults.length === 0],
  ];
  return {
    ok: checks.every(([, , ok]) => ok),
    lines: checks.map(([name, words, ok]) => `  ${ok ? ' ' : '✗'} ${name.padEnd(10)}${words}`),
  };
}

/** Ten minutes of a 4K wall under 50 messages a second, in a real Chromium; the page's own tools count. */
export async function soakDrill({ scale, quiet }: DrillOptions): Promise<Report> {
  const seconds = Math.max(20, Math.round(SECONDS * scale));
  if (!quiet) process.stdout.write(`  a wall is watched for ${seconds} s, after a round through all scenes\n`);
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, '--seconds', String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
  return judgeSoak(JSON.parse(line) as Soaked);
}
