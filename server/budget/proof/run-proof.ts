import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { bundledCampaign, loadCampaignFile } from '../../campaigns/load.ts';
import { resolveCampaign } from '../../domain/campaign.ts';
import { proveLedger } from './ledger-proof.ts';

/**
 * The ledger's proof at any size, over a redis-server of its own: `--operations` for each of `--seeds`, from `--seed` on. Prints
 * one line a seed and exits with 1 when an invariant did not hold; the same seed makes the same operations again.
 */
const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '100000' },
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    actors: { type: 'string', default: '50' },
  },
});
const whole = (name: keyof typeof values, most: number): number => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`--${name} is a whole number from 1 to ${most}`);
  return value;
};

async function main(): Promise<number> {
  const [operations, seeds, from, actors] = [
    whole('operations', 10_000_000),
    whole('seeds', 1_000),
    whole('seed', 1e9),
    whole('actors', 1_000),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'wr-proof-'));
  const socket = join(folder, 'redis.sock');
  const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(
    `port 0\nunixsocket ${socket}\nunixsocketperm 700\nsave ""\nappendonly no\nmaxmemory-policy noeviction\n`,
  );
  const redis = new Redis({
    path: socket,
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
    enableAutoPipelining: true,
  });
  redis.on('error', () => undefined);
  const campaign = resolveCampaign(loadCampaignFile(bundledCampaign('double11')), {
    instance: 'proof',
    opensAtMs: 0,
    scale: 1 / 264,
  });
  let failed = 0;
  const stop = (): void => {
    redis.disconnect();
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => {
    stop();
    process.exit(130);
  });
  try {
    await redis.ping();
    for (let seed = from; seed < from + seeds; seed += 1) {
      await redis.flushall();
      const startedMs = performance.now();
      const report = await proveLedger({
        redis,
        prefix: 'wr',
        campaign,
        seed,
        operations,
        actors,
        compareEvery: 1_000,
      });
      const seconds = (performance.now() - startedMs) / 1_000;
      const counts = (of: Readonly<Record<string, number>>): string =>
        Object.entries(of)
          .sort(([, a], [, b]) => b - a)
          .map(([name, count]) => `${name} ${count}`)
          .join(', ');
      process.stdout.write(
        `seed ${seed}: ${report.operations} operations in ${seconds.toFixed(1)} s (${Math.round(report.operations / seconds)}/s), ${report.lines} lines, ${report.moves} requests, ${report.replays} replays, ${report.covers} covers, ${report.repays} paid back, ${report.comparisons} comparisons\n  ended: ${counts(report.states)}\n  refused: ${counts(report.refusals)}\n`,
      );
      for (const fault of report.faults.slice(0, 10)) process.stdout.write(`  BROKEN: ${fault}\n`);
      if (report.faults.length > 0) failed += 1;
    }
  } finally {
    stop();
  }
  process.stdout.write(failed === 0 ? `I1–I12 held in all ${seeds} seeds\n` : `${failed} of ${seeds} seeds FAILED\n`);
  return failed === 0 ? 0 : 1;
}
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(2);
  },
);
