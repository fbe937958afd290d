import type { Alert, AlertCommand, BulkResult, EscalationPolicy } from '#contract/alerts';
import { AppError, type ErrorCode } from '#contract/errors';
import { actorOf, type Principal } from '#contract/permissions';
import { type Command, command as idempotencyOf } from '../server/store/idempotency.ts';
import type { AlertBook } from './book.ts';
import { handlingChange } from './changes.ts';
import { NEW_GROUP } from './domain/group.ts';
import { applyCommand, handledSince } from './domain/handling.ts';
import { type AlertRecord, alertOf } from './record.ts';
import type { AlertChange, AlertStore, AlertWritten } from './store.ts';

/** A command that meets other changes of the same alert tries again so often; each try sees what the others did. */
const TRIES = 8;

export interface AskedBy {
  readonly principal: Principal;
  /** The caller's Idempotency-Key. */
  readonly key: string;
  readonly requestId: string;
}
export interface CommandDeps {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly prefix: string;
  readonly instance: string;
  readonly nowMs: () => number;
  readonly policies: () => readonly EscalationPolicy[];
}
export interface CommandOutcome {
  readonly alert: Alert;
  readonly replayed: boolean;
}

export interface BulkOutcome {
  readonly results: readonly BulkResult[];
  readonly replayed: boolean;
}

const notFound = (id: string): AppError =>
  new AppError('not_found', `there is no alert ${id.slice(0, 80)}; it may be older than 72 h`);

/** What people do to alerts: one atomic write a command, decided on what the store says now, never on this node's copy. */
export function createCommands({ store, book, prefix, instance, nowMs, policies }: CommandDeps) {
  async function plan(id: string, asked: AlertCommand, by: AskedBy, version: number | undefined): Promise<AlertChange> {
    const found = await store.read(id);
    if (found === null) throw notFound(id);
    const { record } = found;
    if (version !== undefined && record.version !== version) await refuseHandled(record, version);
    const { principal } = by;
    const change = applyCommand(record, asked, { id: principal.id, name: principal.name }, nowMs());
    const [group = NEW_GROUP] = await store.groups([record.group]);
    const whole = handlingChange(record, change, {
      actor: actorOf(principal),
      policies: policies(),
      group,
      nowMs: nowMs(),
      requestId: by.requestId,
    });
    if (asked.verb !== 'escalate') return whole;
    const hand = asked.tier === undefined ? {} : { handTier: whole.record.tier };
    const engine = { ...whole.record.engine, ...hand, escalatedAtMs: nowMs() };
    return { ...whole, record: { ...whole.record, engine } };
  }
  /** That its value or tier moved, or a page went out, is no conflict: only what people did since is. @throws {AppError} `version_conflict` */
  async function refuseHandled(record: AlertRecord, version: number): Promise<void> {
    const extra = { expected: version, version: record.version };
    if (version > record.version)
      throw new AppError('version_conflict', `this alert is at version ${record.version}; read it anew`, { extra });
    const by = handledSince(await store.history(record.id), version);
    if (by === null) return;
    const who = by.actor.kind === 'user' ? by.actor.name : 'the console';
    throw new AppError('version_conflict', `${who} handled this alert meanwhile; look at it and decide again`, {
      extra: { ...extra, changed: { type: by.type, by: who, at: by.at } },
    });
  }

  /** The alert as the reply of a command shows it. */
  const shown = (record: AlertRecord): Alert => ({ ...book.show(record), ...pickVersion(record) });

  async function replay(command: Command, id: string): Promise<CommandOutcome | null> {
    if ((await store.findReply(command)) === null) return null;
    const found = await store.read(id);
    if (found === null) throw notFound(id);
    return { alert: shown(found.record), replayed: true };
  }

  /**
   * Carries out one command. Whoever is second is told who was first: `already_acknowledged` carries the owner.
   * @throws {AppError} `not_found`, `already_resolved`, `already_acknowledged`, `not_acknowledged`, `not_firing`,
   *   `version_conflict`, `idempotency_body_mismatch`
   */
  async function run(id: string, asked: AlertCommand, by: AskedBy, version?: number): Promise<CommandOutcome> {
    const { principal, key } = by;
    const command = idempotencyOf(prefix, instance, {
      principal,
      route: `alerts.${asked.verb}`,
      key,
      asked: { id, ...asked, version },
    });
    const before = await replay(command, id);
    if (before !== null) return before;
    for (let attempt = 1; ; attempt += 1) {
      const change = await plan(id, asked, by, version);
      const { written, replayed, known } = await store.write([change], { kind: 'command', command });
      if (replayed) return (await replay(command, id)) ?? { alert: shown(change.record), replayed: true };
      if (written[0]?.ok === true) {
        if (!known) await book.poll(true);
        return { alert: shown(change.record), replayed: false };
      }
      if (attempt >= TRIES) throw new AppError('version_conflict', 'this alert changes too fast just now; try again');
    }
  }

  type ManyVerb = 'acknowledge' | 'unacknowledge';
  /**
   * The same for many; each for itself, with its own outcome. Its outcomes are kept: a retry that comes late, when others have gone
   * on, changes nothing and is told what became of the first. Each alert's own write remembers the command, so that a retry after a
   * crash in between does what is left and nothing twice.
   * @throws {AppError} `idempotency_body_mismatch`
   */
  async function many(
    verb: ManyVerb,
    ids: readonly string[],
    comment: string | undefined,
    by: AskedBy,
  ): Promise<BulkOutcome> {
    const { principal, key } = by;
    const route = `alerts.${verb}.many`;
    const command = idempotencyOf(prefix, instance, { principal, route, key, asked: { ids, comment } });
    const kept = await store.findMany<Pick<BulkResult, 'id' | 'code'>[]>(command, ids);
    if (kept.reply !== null)
      return { results: kept.reply.map(({ id, code }) => ({ id, code, alert: alertNow(id) })), replayed: true };
    const asked: AlertCommand = { verb, ...(comment === undefined ? {} : { comment }) };
    const results = new Map<string, BulkResult>();
    const refused = (id: string, code: ErrorCode): void => void results.set(id, { id, code, alert: alertNow(id) });
    let left: readonly string[] = ids.filter((id) => !kept.done.has(id));
    let wroteCount = 0;
    for (let attempt = 1; left.length > 0 && attempt <= TRIES; attempt += 1) {
      const planned = await Promise.all(
        left.map((id) =>
          plan(id, asked, by, undefined).catch((error: unknown) => {
            if (!(error instanceof AppError)) throw error;
            refused(id, error.code);
            return null;
          }),
        ),
      );
      const changes = planned.filter((change) => change !== null);
      if (changes.length === 0) {
        left = [];
        break;
      }
      const { written, replayed } = await store.write(changes, { kind: 'command', command, each: true });
      // the same command came twice at once, and the other one has ended meanwhile
      if (replayed) return many(verb, ids, comment, by);
      wroteCount += written.filter((one) => one.ok && one.done === undefined).length;
      left = settle(`${verb}d`, changes, written, results);
    }
    for (const id of left) refused(id, 'version_conflict');
    await book.poll(true);
    // done before a crash, or by the same command that came twice at once: whatever was refused here, it has taken effect
    const { done } = await store.findMany(command, ids);
    for (const id of done)
      if (results.get(id)?.code !== `${verb}d`) results.set(id, { id, code: `${verb}d`, alert: alertNow(id) });
    const told = ids.flatMap((id) => results.get(id) ?? []);
    await store.keepReply(
      command,
      told.map(({ id, code }) => ({ id, code })),
    );
    return { results: told, replayed: kept.done.size > 0 && wroteCount === 0 };
  }
  function settle(
    code: string,
    changes: readonly AlertChange[],
    written: readonly AlertWritten[],
    results: Map<string, BulkResult>,
  ): string[] {
    const again: string[] = [];
    changes.forEach(({ record }, index) => {
      if (written[index]?.ok === true) results.set(record.id, { id: record.id, code, alert: shown(record) });
      else again.push(record.id);
    });
    return again;
  }
  const alertNow = (id: string): Alert | null => {
    const record = book.record(id);
    return record === undefined ? null : shown(record);
  };
  return {
    run,
    acknowledgeMany: (ids: readonly string[], comment: string | undefined, by: AskedBy) =>
      many('acknowledge', ids, comment, by),
    /** Gives many back: how a group's acknowledgement is undone. */
    unacknowledgeMany: (ids: readonly string[], comment: string | undefined, by: AskedBy) =>
      many('unacknowledge', ids, comment, by),
  };
}
export type AlertCommands = ReturnType<typeof createCommands>;

const pickVersion = (record: AlertRecord): Pick<Alert, 'version'> => ({ version: alertOf(record).version });
