import type { ReceiverError, ReceiverState } from '#contract/receivers';
import { SEND_TIMEOUT_MS } from '../../server/outbound/send.ts';
import type { Log } from '../../server/room/log.ts';
import type { Receiver } from './domain/receiver.ts';
import { backoffMs, mayTryAgain } from './domain/retry.ts';
import type { Links } from './domain/words.ts';
import { wordsIn } from './domain/words.ts';
import { CLAIM_MS, type DeliveryQueue } from './queue.ts';
import type { Claimed, Ending } from './queue-types.ts';
import type { Sender } from './send.ts';

/** ms between two looks at what is due; a message of this node is looked at once. */
const POLL_MS = 250;
/** Sends to one receiver at a time by one node: a receiver that hangs holds up nobody else. */
const AT_ONCE = 8;
/** ms that a stopping node waits for what is under way; what is not done then, another one does. */
const STOP_WAIT_MS = 2_000;

export type Outcome = 'delivered' | 'folded' | 'retried' | 'dead' | 'overtaken';
export interface PumpDeps {
  readonly queue: DeliveryQueue;
  readonly receivers: () => readonly Receiver[];
  readonly send: Sender;
  readonly links: Links;
  readonly nowMs: () => number;
  /** 0 ≤ chance < 1, for the spread of retries. */
  readonly chance: () => number;
  readonly log: Log;
  /** A message left the queue, or goes back into it. */
  readonly onOutcome: (claimed: Claimed, outcome: Outcome, error: ReceiverError | null) => void;
  readonly onState: (receiver: string, state: ReceiverState) => void;
}

/** Works on the queues of all receivers: claim, send, settle. Any number of nodes may; each message has one claim at a time. */
export function createPump({ queue, receivers, send, links, nowMs, chance, log, onOutcome, onState }: PumpDeps) {
  const inFlight = new Map<string, number>();
  const tasks = new Set<Promise<void>>();
  const count = { stale: 0, thawed: 0 };
  let running = false;
  let woken = false;
  let timer: NodeJS.Timeout | null = null;
  let polling: Promise<void> = Promise.resolve();
  let failing = false;
  /** performance.now() of the last look that succeeded. */
  let lookedMs = performance.now();

  async function settle(claimed: Claimed, ending: Ending, outcome: Outcome | null): Promise<void> {
    const { title } = wordsIn(claimed.delivery.message, 'en', links);
    const state = await queue.settle(claimed, ending, title);
    if (state === false) {
      count.stale += 1;
      log.warn(
        { code: 'stale_claim', id: claimed.field },
        'a delivery ended after its claim was lost; nothing was written',
      );
      return;
    }
    const error = ending.kind === 'retry' || ending.kind === 'dead' ? ending.error : null;
    if (outcome !== null) onOutcome(claimed, outcome, error);
    if (state !== '') {
      if (state !== 'ok')
        log.warn({ receiver: claimed.delivery.receiver, state, why: error?.message }, 'a receiver is in trouble');
      onState(claimed.delivery.receiver, state);
    }
  }

  /** What becomes of a message after a failed try. */
  function endingOf(
    { delivery, tries }: Claimed,
    error: ReceiverError,
    { retryable, retryAfterS, gone }: { retryable: boolean; retryAfterS: number | null; gone: boolean },
  ): Ending {
    if (!retryable) return { kind: 'dead', error, gone };
    const inMs = backoffMs(tries, chance(), retryAfterS);
    if (mayTryAgain(delivery.createdAtMs, nowMs(), inMs)) return { kind: 'retry', inMs, error };
    return { kind: 'dead', error: { ...error, reason: 'expired' }, gone: false };
  }

  async function work(receiver: Receiver, group: readonly Claimed[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    // a node that was frozen after its claim: by now another one sends it
    if (performance.now() - first.claimedMonotonicMs > CLAIM_MS - SEND_TIMEOUT_MS - 500) {
      count.thawed += 1;
      await Promise.all(group.map((claimed) => settle(claimed, { kind: 'back' }, null)));
      return;
    }
    const result = await send(
      receiver,
      group.map(({ delivery }) => delivery),
      first,
    );
    await Promise.all(
      group.map((claimed, index) => {
        if (result.ok) return settle(claimed, { kind: 'delivered' }, index === 0 ? 'delivered' : 'folded');
        const { reason, status, message } = result;
        const ending = endingOf(claimed, { at: nowMs(), reason, status, message: message.slice(0, 500) }, result);
        return settle(claimed, ending, ending.kind === 'dead' ? 'dead' : 'retried');
      }),
    );
  }

  function start(receiver: Receiver, group: readonly Claimed[]): void {
    const { id } = receiver;
    inFlight.set(id, (inFlight.get(id) ?? 0) + 1);
    const task = work(receiver, group)
      .catch((error: unknown) =>
        log.error({ err: error, receiver: id }, 'a delivery failed; it comes back when its claim lapses'),
      )
      .finally(() => {
        tasks.delete(task);
        inFlight.set(id, (inFlight.get(id) ?? 1) - 1);
        wake(); // what stood behind it, or had no room
      });
    tasks.add(task);
  }

  async function round(): Promise<void> {
    const wanted = receivers()
      .map((receiver) => ({ receiver, most: AT_ONCE - (inFlight.get(receiver.id) ?? 0) }))
      .filter(({ most }) => most > 0);
    const claimed = await queue.claim(wanted);
    for (const { receiver } of wanted) {
      const own = claimed.filter(({ delivery }) => delivery.receiver === receiver.id);
      for (const over of own) if (over.how === 'over') onOutcome(over, 'overtaken', null);
      const folded = own.filter(({ how }) => how === 'fold');
      if (folded.length > 0) start(receiver, folded);
      for (const each of own) if (each.how === 'send') start(receiver, [each]);
    }
  }
  function loop(): void {
    polling = round()
      .then(() => {
        failing = false;
        lookedMs = performance.now();
      })
      .catch((error: unknown) => {
        if (!failing && running) log.warn({ err: error }, 'deliveries: cannot look for what is due');
        failing = true;
      })
      .then(() => {
        if (running) timer = setTimeout(loop, POLL_MS);
      });
  }
  function wake(): void {
    if (!running || woken) return;
    woken = true;
    void polling.then(() => {
      woken = false;
      if (!running) return;
      if (timer !== null) clearTimeout(timer);
      loop();
    });
  }
  return {
    start(): void {
      if (running) return;
      running = true;
      loop();
    },
    /** Something was put on a queue by this node. */
    wake,
    /** One look, for tests: claims, sends, and waits for all of it. */
    async turn(): Promise<void> {
      await round();
      await Promise.all(tasks);
    },
    async stop(): Promise<void> {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await polling;
      if (timer !== null) clearTimeout(timer);
      let late: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((done) => {
        late = setTimeout(done, STOP_WAIT_MS);
      });
      await Promise.race([Promise.all(tasks), enough]);
      clearTimeout(late);
    },
    /** ms since this node last looked, with success, for what is to be sent. */
    lookedAgoMs: (): number => performance.now() - lookedMs,
    stats: () => ({ staleCount: count.stale, thawedCount: count.thawed }),
  };
}
export type Pump = ReturnType<typeof createPump>;
