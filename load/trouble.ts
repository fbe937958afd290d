import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readAccess } from './access.ts';
import { readCampaign } from './run.ts';
import { type Asked, askedFile, readAsked, writeAsked } from './simulate/asked.ts';
import { isTroubleName, TROUBLES } from './simulate/troubles.ts';

const HELP = `npm run trouble -- <name> [--for 120]      makes trouble in the demo that is running

${Object.entries(TROUBLES)
  .map(([name, title]) => `  ${name.padEnd(22)}${title}`)
  .join('\n')}

  --for <s>        how long, 10 to 3600 seconds (default 120); asked again, the later end counts
  --access <file>  the demo's access file (default $WARROOM_DATA_DIR/demo-access.json, else .data/demo-access.json)

"npm run trouble -- end" ends all of it and lets the scripted night go on. While something is asked for, the script pauses.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      for: { type: 'string', default: '120' },
      access: { type: 'string', default: `${process.env.WARROOM_DATA_DIR ?? '.data'}/demo-access.json` },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name, ...more] = positionals;
  if (values.help || name === undefined || more.length > 0) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const seconds = Number(values.for);
  if (!(name === 'end' || isTroubleName(name))) {
    process.stderr.write(`no trouble is called "${name}"\n\n${HELP}`);
    return 2;
  }
  if (!(seconds >= 10 && seconds <= 3_600)) {
    process.stderr.write(`--for is 10 to 3600 seconds, not "${values.for}"\n`);
    return 2;
  }
  const sale = existsSync(values.access)
    ? await readCampaign(readAccess({ access: values.access })).then(
        ({ id }) => id,
        () => null,
      )
    : null;
  if (sale === null) {
    process.stderr.write(
      'no demo answers: start one with `npm run demo`; with a data folder of its own, give the same here\n',
    );
    return 1;
  }
  const file = askedFile(values.access);
  const nowMs = Date.now();
  if (name === 'end') {
    writeAsked(file, []);
    process.stdout.write('all trouble ended; the scripted night goes on\n');
    return 0;
  }
  const running = readAsked(file).filter((asked) => asked.sale === sale && asked.untilMs > nowMs);
  const same = running.find((asked) => asked.name === name);
  const untilMs = Math.max(same?.untilMs ?? 0, nowMs + seconds * 1_000);
  const asked: Asked = { sale, name, fromMs: same?.fromMs ?? nowMs, untilMs };
  writeAsked(file, [...running.filter((other) => other !== same), asked]);
  const until = new Date(asked.untilMs).toISOString().slice(11, 19);
  process.stdout.write(
    `${name}: ${TROUBLES[name]}, until ${until} UTC. Open the on-call desk (/desk) or a wall and watch\n`,
  );
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exit(2);
  },
);
