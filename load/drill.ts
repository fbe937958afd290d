import { parseArgs } from 'node:util';
import { cacSpike } from './drills/cac-spike.ts';
import { missingApprover } from './drills/missing-approver.ts';
import type { Verdict } from './drills/money-stage.ts';
import { overdelivery } from './drills/overdelivery.ts';
import { type MoneyDrillOptions, platformTrouble } from './drills/platform-trouble.ts';
import { cleanUpOnSignals } from './drills/server-under-test.ts';

const DRILLS: Readonly<
  Record<string, { readonly title: string; readonly run: (options: MoneyDrillOptions) => Promise<readonly Verdict[]> }>
> = {
  'cac-spike': {
    title: 'a customer on search costs ¥85 instead of ¥45: red, advised, approved, settled, taken back',
    run: cacSpike,
  },
  'missing-approver': {
    title: 'the commander is silent: B takes over at the deadline, the late click is refused',
    run: missingApprover,
  },
  overdelivery: {
    title: 'a channel charges twice its budget: what the reserve pays at once, and the alerts',
    run: overdelivery,
  },
  'platform-trouble': {
    title: 'an answer lost after the effect, 429, a clamp, a change by hand, kill -9',
    run: platformTrouble,
  },
};
const HELP = `npm run drill -- <name> [--seed 1]

Plays one incident of the budget against a server and an ad platform of its own, and judges what the console did by its rules.

${Object.entries(DRILLS)
  .map(([name, { title }]) => `  ${name.padEnd(18)}${title}`)
  .join('\n')}
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const [name = ''] = positionals;
  const drill = DRILLS[name];
  if (values.help || drill === undefined) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const seed = Math.floor(Number(values.seed)) | 0;
  process.stdout.write(`drill ${name}: ${drill.title} (seed ${seed})\n`);
  const startedMs = performance.now();
  const verdicts = await drill.run({ seed, quiet: false });
  const failed = verdicts.filter(({ ok }) => !ok).length;
  const took = ((performance.now() - startedMs) / 1_000).toFixed(0);
  const outcome = failed === 0 ? 'passed' : 'FAILED';
  process.stdout.write(`${outcome}: ${verdicts.length - failed} of ${verdicts.length} rules in ${took} s\n`);
  return failed === 0 && verdicts.length > 0 ? 0 : 1;
}

cleanUpOnSignals();
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(2);
  },
);
