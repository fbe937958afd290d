import { setTimeout as wait } from 'node:timers/promises';
import type { TimelineReply } from '#contract/timeline';
import { faultName } from '../bench-alerts/rules.ts';
import { Random } from '../random.ts';
import type { Report } from '../report.ts';
import type { DrillOptions } from './oracle.ts';
import { type PageSeen, type PageSink, startPageSink } from './page-sink.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { startTwoNodes, type TwoNodes } from './two-nodes.ts';

const ALERTS = 100;
const RACES = 100;
/** Within this the surviving node has the alerts of the struck one. */
const KNOWN_MS = 15_000;
/** A step is paged at its due time + 10 s at the latest, also when the node that claimed it dies or freezes (P14). */
const LATEST_MS = 10_000;
/** At full size the second step is struck, a minute after the first; small, the first one. */
const STEP_WAIT_MS = 60_000;
/** What the sink takes to answer, so that pages are under way when a node goes. */
const ANSWER_MS = 250;
const SETTLE_MS = 12_000;
type Strike = 'kill -9' | 'SIGSTOP';

/**
 * [DLV22] [DLV23] Two nodes on one Redis. While alerts are paged, the node that evaluates is killed, in a second round frozen and thawed. Every
 * (alert, step) must arrive once or twice, with one id, in time. Then acknowledgements race escalations: nothing that was claimed
 * after an acknowledgement is sent, and the history of the alert is one line.
 */
export async function deliveryDrill({ scale, seed, quiet }: DrillOptions): Promise<Report> {
  const alerts = Math.max(4, Math.round(ALERTS * Math.min(1, scale)));
  const races = Math.max(5, Math.round(RACES * Math.min(1, scale)));
  const step = scale < 1 ? 0 : 1;
  const sink = await startPageSink();
  const two = await startTwoNodes(2 * alerts + 1, sink);
  const say = (text: string): void => void (quiet || process.stderr.write(`${text}\n`));
  const lines: string[] = [];
  const faults: string[] = [];
  try {
    const times = scale < 1 ? { frozenMs: 9_000, settleMs: 2_000 } : { frozenMs: 60_000, settleMs: SETTLE_MS };
    say(`SIGSTOP: ${alerts} alerts, struck at step ${step}`);
    const frozen = await struck(two, sink, { strike: 'SIGSTOP', from: 0, count: alerts, step, ...times });
    say(`${races} races`);
    const raced = await race(two, sink, { fault: alerts + 1, races, seed });
    say(`kill -9: ${alerts} alerts, struck at step ${step}`);
    const killed = await struck(two, sink, { strike: 'kill -9', from: alerts + 1, count: alerts, step, ...times });
    for (const { line, faults: found } of [frozen, killed, raced]) {
      lines.push(line);
      faults.push(...found);
    }
    return { ok: faults.length === 0, lines: [...lines, ...faults.slice(0, 12).map((fault) => `  ✗ ${fault}`)] };
  } finally {
    await two.stop();
    sink.close();
  }
}

/**
 * When each page was due, ms, by alert. The surviving node learns of alerts that the struck one raised a moment later, so it is
 * asked until it has them all; one that it never has is judged as late.
 */
async function dueTimes(
  two: TwoNodes,
  other: TwoNodes['nodes'][number],
  alerts: ReadonlySet<string>,
  step: number,
): Promise<ReadonlyMap<string, number>> {
  const untilMs = performance.now() + KNOWN_MS;
  for (;;) {
    const list = await two.alerts(other);
    const due = new Map(
      list.alerts.flatMap(({ id, firedAt }) =>
        firedAt === null ? [] : [[id, firedAt + (step === 0 ? 0 : STEP_WAIT_MS)] as const],
      ),
    );
    if ([...alerts].every((id) => due.has(id)) || performance.now() > untilMs) return due;
    await wait(100);
  }
}

interface Result {
  readonly line: string;
  readonly faults: readonly string[];
}
interface Round {
  readonly strike: Strike;
  readonly from: number;
  readonly count: number;
  readonly step: number;
  /** How long a node is stopped: longer than its claims last. */
  readonly frozenMs: number;
  readonly settleMs: number;
}
/** Breaks rules, and strikes the node that sends the first page of the step while it has others in hand. */
async function struck(
  two: TwoNodes,
  sink: PageSink,
  { strike, from, count, step, frozenMs, settleMs }: Round,
): Promise<Result> {
  const names = new Set(Array.from({ length: count }, (_, index) => faultName(from + index + 1)));
  sink.delayMs = ANSWER_MS;
  const own = (seen: readonly PageSeen[]): PageSeen[] =>
    seen.filter((page) => names.has(page.rule) && page.step === step);
  await two.breakUpTo(from + count, two.nodes[1]);
  // the first page of the step is out, others are under way: strike now
  const begun = await sink.until((seen) => own(seen).length >= 1, (step === 0 ? 0 : STEP_WAIT_MS) + 30_000);
  if (!begun) return { line: `  ${strike.padEnd(8)} never began`, faults: ['no page of the step was ever sent'] };
  const at = own(sink.seen)[0]?.node ?? 0;
  const [victim, other] = [two.nodes[at], two.nodes[at === 0 ? 1 : 0]];
  const struckMs = performance.now();
  if (strike === 'kill -9') await victim.killServer();
  else victim.signal('SIGSTOP');
  const whole = (seen: readonly PageSeen[]): boolean => new Set(own(seen).map(({ alert }) => alert)).size === count;
  await sink.until(whole, LATEST_MS + 15_000);
  const dueMs = await dueTimes(two, other, new Set(own(sink.seen).map(({ alert }) => alert)), step);
  sink.delayMs = 0;
  if (strike === 'SIGSTOP') {
    await wait(Math.max(0, frozenMs - (performance.now() - struckMs)));
    victim.signal('SIGCONT');
    await victim.untilReady();
  }
  await wait(settleMs); // what the thawed node still holds would come now
  const faults: string[] = [];
  const pages = new Map<string, PageSeen[]>();
  for (const page of own(sink.seen)) pages.set(page.alert, [...(pages.get(page.alert) ?? []), page]);
  let twice = 0;
  let latestMs = 0;
  for (const [alert, seen] of pages) {
    if (seen.length > 2) faults.push(`${strike}: ${alert} was paged ${seen.length} times`);
    if (seen.length === 2) twice += 1;
    if (new Set(seen.map(({ id }) => id)).size !== 1) faults.push(`${strike}: ${alert} was paged under several ids`);
    const lateMs = Math.min(...seen.map(({ atMs }) => atMs)) - (dueMs.get(alert) ?? Number.NaN);
    latestMs = Math.max(latestMs, lateMs);
    if (!(lateMs <= LATEST_MS)) faults.push(`${strike}: ${alert} was paged ${lateMs} ms after it was due`);
  }
  const missing = count - pages.size;
  if (missing > 0) faults.push(`${strike}: ${missing} of ${count} alerts were never paged`);
  const refused = strike === 'SIGSTOP' ? `, ${refusedWrites(victim)} late writes of the thawed node refused` : '';
  return {
    line: `  ${strike.padEnd(8)} ${pages.size} of ${count} alerts paged at step ${step}, ${twice} of them twice with the same id, the latest ${latestMs} ms after it was due (most ${LATEST_MS})${refused}`,
    faults,
  };
}
const refusedWrites = (node: ServerUnderTest): number => node.log().match(/"code":"stale_claim"/g)?.length ?? 0;

/** Gives an alert back (which pages its first step at once) and acknowledges it a few ms later, through the two nodes in turn. */
async function race(
  two: TwoNodes,
  sink: PageSink,
  { fault, races, seed }: { fault: number; races: number; seed: number },
): Promise<Result> {
  const random = new Random(seed, 0x72616365);
  const [first, second] = two.nodes;
  const name = faultName(fault);
  await two.breakUpTo(fault, second);
  if (!(await sink.until((seen) => seen.some(({ rule }) => rule === name), 30_000)))
    return { line: '  races    never began', faults: ['the alert of the races was never paged'] };
  const id = sink.seen.find(({ rule }) => rule === name)?.alert ?? '';
  const faults: string[] = [];
  const must = async (through: ServerUnderTest, verb: string): Promise<void> => {
    const { status } = await two.act(through, id, verb);
    if (status !== 200) faults.push(`${verb} answered ${status}`);
  };
  await must(first, 'acknowledge');
  for (let n = 0; n < races; n += 1) {
    const [one, other] = n % 2 === 0 ? [first, second] : [second, first];
    const given = must(one, 'unacknowledge');
    if (n % 4 < 2) await given; // otherwise the two are on their way at once
    await wait(random.below(11));
    await given;
    await must(other, 'acknowledge');
  }
  await wait(2_000); // what was claimed before has arrived
  const kinds = 'alert.acknowledged,alert.unacknowledged';
  const page = await two.get<TimelineReply>(second, `/api/v1/timeline?limit=500&kinds=${kinds}`);
  const changes = page.entries
    .filter(({ params }) => params.alert === id)
    .map(({ kind, atMs }) => ({ atMs, taken: kind === 'alert.acknowledged' }))
    .sort((a, b) => a.atMs - b.atMs);
  const sends = sink.seen.filter(({ alert }) => alert === id);
  let during = 0;
  for (const { claimedAtMs } of sends) {
    // whole ms: a claim of the same ms as a change may be on either side of it
    const before = changes.filter(({ atMs }) => atMs < claimedAtMs).at(-1);
    const same = changes.some(({ atMs }) => atMs === claimedAtMs);
    if (before?.taken === true && !same)
      faults.push(`a page was claimed at ${claimedAtMs}, after the acknowledgement of ${before.atMs}`);
    else during += 1;
  }
  const { history, alert } = await two.detail(first, id);
  const versions = [...new Set(history.map(({ version }) => version))];
  const line = versions.every((version, index) => index === 0 || version === (versions[index - 1] ?? 0) + 1);
  if (!line || versions.at(-1) !== alert.version)
    faults.push(`the versions of the history are no line: ${versions.join(' ')}`);
  if (new Set(sends.map(({ id: page }) => page)).size !== sends.length) faults.push('a page of a race came twice');
  return {
    line: `  races    ${races} acknowledgements against due pages: ${during} pages were claimed first and sent, 0 wanted after an acknowledgement; ${versions.length} versions without a gap`,
    faults,
  };
}
