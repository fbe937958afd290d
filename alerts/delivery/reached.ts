import type { AlertHistoryEntry } from '#contract/alerts';
import { type AlertRecord, historyOf } from '../record.ts';
import type { AlertStore } from '../store.ts';
import type { Delivery, Message } from './domain/message.ts';
import type { DeliveryRedis } from './queue-types.ts';

export interface ReachedDeps {
  readonly redis: DeliveryRedis;
  readonly key: (name: string) => string;
  readonly store: Pick<AlertStore, 'read' | 'write'>;
  readonly nowMs: () => number;
}
/** Longer than any message is tried, ms. */
const KEEP_MS = 25 * 3_600_000;
const SYSTEM = { kind: 'system', id: 'delivery' } as const;
type Reason = NonNullable<AlertHistoryEntry['reason']>;
type Page = Extract<Message, { topic: 'page' }>;

/**
 * What became of pages, in the alert's history. A person is paged through several receivers at once: who was reached by one of them
 * stays paged, whatever became of the others, on whatever node.
 */
export function createReached({ redis, key, store, nowMs }: ReachedDeps) {
  /** Notes when something happened to a person's page. @returns when the other thing did last, ms; 0: never */
  async function mark({ alert }: Page, person: string, what: 'reached' | 'lost'): Promise<number> {
    const own = key(`reached:${alert.id}`);
    await redis.hset(own, `${person}|${what}`, String(nowMs()));
    await redis.pexpire(own, KEEP_MS);
    return Number((await redis.hget(own, `${person}|${what === 'lost' ? 'reached' : 'lost'}`)) ?? 0);
  }
  /** Several receivers carry one page, and each loses it by itself, on any node. @returns whether nobody has said this of it yet */
  async function isFirst({ message, createdAtMs }: Delivery, given: Reason, text: string): Promise<boolean> {
    if (message.topic !== 'page') return false;
    const page = `${createdAtMs}.${message.cycle}.${message.step}`;
    return (await redis.hset(key(`reached:${message.alert.id}`), `${text}|${page}|${given}`, '1')) === 1;
  }
  async function write(id: string, lines: (record: AlertRecord) => readonly AlertHistoryEntry[]): Promise<void> {
    const found = await store.read(id);
    if (found === null) return;
    const { record } = found;
    const history = lines(record);
    const change = { record, expected: record.version, mode: 'note', history, timeline: [], due: [] } as const;
    await store.write([change], { kind: 'command', command: null });
  }

  return {
    /** A page has arrived: those who were called not paged meanwhile are, after all. */
    async delivered({ message, createdAtMs, whileOpen }: Delivery): Promise<void> {
      if (message.topic !== 'page') return;
      const sinceMs = whileOpen === null ? 1 : createdAtMs; // sent again by hand: whenever it was lost
      const again: string[] = [];
      for (const { person } of message.people)
        if ((await mark(message, person, 'reached')) >= sinceMs) again.push(person);
      if (again.length === 0) return;
      const { reason, alert } = message;
      await write(alert.id, (record) =>
        again.map((person) => historyOf('notification', record, SYSTEM, nowMs(), { reason, text: person })),
      );
    },
    /** A page will not arrive: its people were not told, or not by this receiver, and why. */
    async lost(delivery: Delivery, given: Reason): Promise<void> {
      const { message, createdAtMs, receiver } = delivery;
      if (message.topic !== 'page') return;
      const texts: string[] = [];
      for (const { person } of message.people) {
        const text = (await mark(message, person, 'lost')) >= createdAtMs ? `${person} (${receiver})` : person;
        if (await isFirst(delivery, given, text)) texts.push(text);
      }
      if (texts.length === 0) return;
      await write(message.alert.id, (record) => {
        const reason = given === 'acknowledged' && record.handling === 'resolved' ? 'resolved' : given;
        return texts.map((text) => historyOf('no_notification', record, SYSTEM, nowMs(), { reason, text }));
      });
    },
  };
}
