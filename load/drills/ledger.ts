import { spawn } from 'node:child_process';
import type { Report } from '../report.ts';
import type { DrillOptions } from './oracle.ts';

const PROOF = new URL('../../server/budget/proof/run-proof.ts', import.meta.url).pathname;
/** Full size: 20 seeds of 100,000 operations by 50 actors. */
const OPERATIONS = 100_000;
const SEEDS = 20;

/** Money under random operations and faults, over a redis-server of its own; `--rounds` is the number of seeds. */
export async function ledgerDrill({ scale, seed, rounds }: DrillOptions): Promise<Report> {
  const args = [
    '--operations',
    Math.max(1_000, Math.round(OPERATIONS * scale)),
    '--seeds',
    rounds ?? SEEDS,
    '--seed',
    Math.max(1, seed),
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', PROOF, ...args.map(String)], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  return { ok: code === 0, lines: [] };
}
