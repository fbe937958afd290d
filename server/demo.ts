import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '#contract/errors';
import type { DemoAccess } from '#contract/people';
import type { ComposedServer } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import { AD_HOOK, AD_PLATFORM, adPlatformOff, startsAdPlatform } from './demo-ad-platform.ts';
import { startDemoSink } from './run-demo-sink.ts';
import { say } from './run-progress.ts';
import { failStart, pinoLog, runServer } from './run-server.ts';

const OPENS_IN_MS = 60_000;
const DEFAULT_RATE = 2_000;
/** It sends what it holds before it ends; then it is ended. */
const SIMULATOR_STOP_MS = 3_500;
const USAGE = `npm run demo [-- options]
  --rate <events/s>   how busy the sale is, targets follow (default ${DEFAULT_RATE})
  --no-traffic        no simulator: bring your own events (the ad platform takes budgets and spends nothing)
  --advice-tick <ms>  how often recommendations learn (default 10000)
  --resume            go on with the sale of the last start
PORT, HOST and WARROOM_DATA_DIR let several run side by side.`;

const root = new URL('..', import.meta.url).pathname;
const launcher = join(root, 'server', 'launch.mjs');
const simulator = join(root, 'load', 'simulate.ts');

interface DemoOptions {
  readonly ratePerSecond: number;
  readonly resume: boolean;
  readonly traffic: boolean;
  readonly adviceTickMs: number | null;
}
function readOptions(): DemoOptions {
  const wrong = (why: string): AppError => new AppError('config_invalid', `${why}\n${USAGE}`);
  try {
    const { values } = parseArgs({
      options: {
        rate: { type: 'string' },
        resume: { type: 'boolean', default: false },
        'advice-tick': { type: 'string' },
        'no-traffic': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      say(USAGE);
      process.exit(0);
    }
    const ratePerSecond = Number(values.rate ?? DEFAULT_RATE);
    if (!(ratePerSecond >= 1 && ratePerSecond <= 1_000_000)) throw wrong('--rate is 1 to 1,000,000 events/s');
    const tick = values['advice-tick'];
    const adviceTickMs = tick === undefined ? null : Number(tick);
    if (
      adviceTickMs !== null &&
      !(Number.isInteger(adviceTickMs / 1_000) && adviceTickMs >= 1_000 && adviceTickMs <= 600_000)
    )
      throw wrong('--advice-tick is whole seconds in ms, 1000 to 600000');
    return { ratePerSecond, resume: values.resume, traffic: !values['no-traffic'], adviceTickMs };
  } catch (error) {
    throw error instanceof AppError ? error : wrong((error as Error).message);
  }
}

/** A program of `load` as its own process, talking to the public HTTP API; started again when it ends by itself. */
function startBeside(what: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): () => Promise<void> {
  let stopping = false;
  let child: ChildProcess | null = null;
  let again: NodeJS.Timeout | undefined;
  function start(): void {
    // the channel is its leash: it ends when this process does, however that happens
    child = spawn(process.execPath, [launcher, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('exit', (code) => {
      child = null;
      if (stopping) return;
      say(`${what} ended (${code}); starting it again`);
      again = setTimeout(start, 2_000);
    });
  }
  start();
  return async () => {
    stopping = true;
    clearTimeout(again);
    const last = child;
    if (last === null) return;
    const gone = new Promise((resolve) => last.once('exit', resolve));
    last.kill('SIGTERM');
    const hard = setTimeout(() => last.kill('SIGKILL'), SIMULATOR_STOP_MS);
    await gone;
    clearTimeout(hard);
  };
}

/** Where the bundled ad platform will listen, and the secrets that it and the server share. */
interface AdPlatform {
  readonly port: number;
  readonly secret: string;
  readonly control: string;
}
/** None when the settings bring hooks of their own. */
async function planAdPlatform(config: Config): Promise<AdPlatform | null> {
  if (!startsAdPlatform(config)) return null;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return {
    port,
    secret: `whsec_${randomBytes(32).toString('base64')}`,
    control: randomBytes(18).toString('base64url'),
  };
}

/** Written beside and renamed, so that a reader never sees half of it. */
function writeAccess(file: string, access: DemoAccess): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * What the last start handed out, when all of it is still good: walls that are open must not be sent to the login because
 * the server came back.
 */
async function keptAccess(file: string, url: string, people: ComposedServer['people']): Promise<DemoAccess | null> {
  try {
    const access = JSON.parse(readFileSync(file, 'utf8')) as DemoAccess;
    if (access.url !== url) return null;
    const tokens = [access.ingestKey, ...[...Object.values(access.roles), ...access.people].map(({ token }) => token)];
    const found = await Promise.all(tokens.map((token) => people.authenticate({ authorization: `Bearer ${token}` })));
    return found.includes(null) ? null : access;
  } catch {
    return null; // no file, or one of another shape: new ones are made
  }
}

function sayLinks(access: DemoAccess, file: string): void {
  const width = Math.max(...Object.keys(access.roles).map((role) => role.length));
  say(`\n  open as:`);
  for (const [role, { link }] of Object.entries(access.roles)) say(`  ${role.padEnd(width)}  ${link}`);
  say(`\n  ingest key  ${access.ingestKey}`);
  say(`  all of it in ${relative(process.cwd(), file)} · Ctrl-C stops\n`);
}

try {
  const options = readOptions();
  const sink = await startDemoSink(readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' }));
  const { config } = sink;
  const logFile = join(config.dataDir, 'server.log');
  const platform = await planAdPlatform(config);
  const hooks =
    platform === null
      ? {}
      : { [AD_HOOK]: { url: `http://127.0.0.1:${platform.port}/webhook`, secrets: [platform.secret] } };
  const openedAtMs = (): number => config.opensAtMs ?? Math.ceil((Date.now() + OPENS_IN_MS) / 1_000) * 1_000;
  await runServer({
    config,
    createLog: () => pinoLog(config.logLevel, logFile),
    demo: () => ({
      opensAtMs: openedAtMs(),
      ratePerSecond: options.ratePerSecond,
      resume: options.resume,
      hooks,
      ...(options.adviceTickMs === null ? {} : { adviceTickMs: options.adviceTickMs }),
    }),
    started: async (server, url) => {
      const accessFile = join(config.dataDir, 'demo-access.json');
      const kept = options.resume ? await keptAccess(accessFile, url, server.people) : null;
      const access = kept ?? (await server.access(url));
      const adPlatformAccess =
        platform === null
          ? {}
          : { adPlatform: { controlUrl: `http://127.0.0.1:${platform.port}/control`, token: platform.control } };
      writeAccess(accessFile, { ...access, ...adPlatformAccess });
      const inS = Math.round((server.campaign.opensAtMs - Date.now()) / 1_000);
      say(`Campaign War Room · ${server.campaign.instance} · ${url}`);
      say(inS > 0 ? `  the sale opens in ${inS} s` : `  the sale opened ${-inS} s ago`);
      if (sink.url !== null) say(`  what is paged arrives at ${sink.url}`);
      const off = adPlatformOff(config);
      if (off !== null) say(`  ${off}`);
      sayLinks(access, accessFile);
      const beside: (() => Promise<void>)[] = [];
      if (platform !== null) {
        const state = join(config.dataDir, 'ad-platform.json');
        const args = [AD_PLATFORM, '--port', String(platform.port), '--access', accessFile, '--state', state];
        const env = { AD_PLATFORM_SECRET: platform.secret, AD_PLATFORM_CONTROL: platform.control };
        beside.push(startBeside('the ad platform', options.traffic ? args : [...args, '--no-spend'], env));
      }
      if (options.traffic && existsSync(simulator)) {
        const args = [simulator, '--url', url, '--access', accessFile, '--rate', String(options.ratePerSecond)];
        beside.push(startBeside('the simulator', platform === null ? args : [...args, '--no-ads']));
        say('  an incident of your choice: npm run trouble (another window)\n');
      }
      return async () => {
        await Promise.all(beside.map((stop) => stop()));
      };
    },
  });
} catch (error) {
  failStart(error);
}
