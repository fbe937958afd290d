import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BacktestReply } from '#contract/alerts';
import type { DemoAccess } from '#contract/people';

const HELP = `npm run alerts:backtest -- [--file rules.yaml] [--rule Name] [--minutes 60] [--step 10]

  Runs rules over the windows that a running server has recorded, and shows when they would have fired, how high, for how
  long, and whom they would have paged had nobody acknowledged.
  --file      a rule file to try; without it the loaded rules are run
  --rule      only this rule
  --minutes   how far back, 1–120 (60)
  --step      seconds between two looks (10)
  --url, --token   the server and a token of on-call; without them those of the demo (.data/demo-access.json)
`;

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** Lines for people, one a firing. */
export function backtestLines({ firings, unjudged, from, to, stepMs }: BacktestReply): string[] {
  const lines = firings.map(({ rule, labels, firedAt, endsAt, peakTier, peakValue, unit, pages }) => {
    const where = Object.entries(labels)
      .map(([name, value]) => ` ${name}=${value}`)
      .join('');
    const lasted = `${Math.round(((endsAt ?? to) - firedAt) / 1_000)} s${endsAt === null ? ', still firing' : ''}`;
    const people = [...new Set(pages.map(({ person }) => person))];
    const peak = peakValue === null ? '–' : Number(peakValue.toPrecision(6));
    return `${clock(firedAt)}  ${peakTier.padEnd(6)} ${rule}${where}  ${peak} ${unit}, for ${lasted}; pages ${people.join(', ') || 'nobody'}`;
  });
  if (firings.length === 0) lines.push(`nothing would have fired from ${clock(from)} to ${clock(to)} UTC`);
  lines.push(`looked at every ${stepMs / 1_000} s; a rule that looks more often sees shorter swings and fires sooner`);
  for (const { rule, why } of unjudged) lines.push(`not judged: ${rule}: ${why}`);
  return lines;
}

/** A number of the command line. @throws {Error} that names it */
function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d{1,6}$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${text}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      file: { type: 'string' },
      rule: { type: 'string' },
      minutes: { type: 'string', default: '60' },
      step: { type: 'string', default: '10' },
      url: { type: 'string' },
      token: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const minutes = wholeNumber('minutes', values.minutes, 1, 120);
  const step = wholeNumber('step', values.step, 1, 600);
  const yaml = values.file === undefined ? {} : { yaml: readFileSync(values.file, 'utf8') };
  const kept = join(process.env.WARROOM_DATA_DIR ?? '.data', 'demo-access.json');
  const demo =
    values.url === undefined || values.token === undefined
      ? (JSON.parse(readFileSync(kept, 'utf8')) as DemoAccess)
      : null;
  const url = values.url ?? demo?.url ?? '';
  const to = Date.now();
  const answer = await fetch(`${url}/api/v1/rules/backtest`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${values.token ?? demo?.roles.oncall.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      from: to - minutes * 60_000,
      stepMs: step * 1_000,
      ...(values.rule === undefined ? {} : { rule: values.rule }),
      ...yaml,
    }),
  }).catch((error: Error) => {
    throw new Error(`${url} does not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`);
  });
  const body = (await answer.json()) as BacktestReply & { message?: string; problems?: string[] };
  if (answer.ok) for (const line of backtestLines(body)) console.log(line);
  else {
    for (const line of body.problems ?? [body.message ?? `the server answered ${answer.status}`]) console.error(line);
    process.exitCode = 1;
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  await main().catch((error: Error) => {
    console.error(error.message.split('\n')[0]);
    process.exitCode = 1;
  });
