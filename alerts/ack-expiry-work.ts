import type { AckExpiryPayload, EscalationPolicy } from '#contract/alerts';
import type { DueHandler } from '../server/room/due.ts';
import type { AlertBook } from './book.ts';
import { handlingChange } from './changes.ts';
import { NEW_GROUP } from './domain/group.ts';
import { expireAck } from './domain/handling.ts';
import { type AlertRecord, historyOf } from './record.ts';
import type { AlertChange, AlertStore } from './store.ts';

const SYSTEM = { kind: 'system', id: 'ack-expiry' } as const;

/**
 * Handler of `alert.ack_expiry`: first the soft reminder (a line of history; whoever delivers tells the owner), then the
 * acknowledgement wears off and the alert pages again. One that was given back, renewed or resolved meanwhile is left alone:
 * its own step has moved or cancelled the item, and the version says so once more.
 */
export function ackExpiryHandler(deps: {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly policies: () => readonly EscalationPolicy[];
  readonly nowMs: () => number;
  /** Told when the reminder is due, for the part that delivers. */
  readonly onReminder?: (record: AlertRecord) => Promise<void>;
}): DueHandler {
  const { store, book, policies, nowMs, onReminder } = deps;
  return async (item) => {
    const payload = JSON.parse(item.payload) as AckExpiryPayload;
    const found = await store.read(payload.alertId);
    if (found === null || found.closed || found.record.handling !== 'acknowledged') return { kind: 'done' };
    const { record } = found;
    const atMs = nowMs();
    const expiresAt = record.ackExpiresAt ?? atMs;
    if (payload.stage === 'remind' && atMs < expiresAt) {
      const change: AlertChange = {
        record,
        expected: record.version,
        mode: 'note',
        history: [historyOf('alert_ack_reminded', record, SYSTEM, atMs, { text: record.owner?.name ?? '' })],
        timeline: [],
        due: [],
      };
      await store.write([change], { kind: 'command', command: null });
      await onReminder?.(record);
      const next: AckExpiryPayload = { ...payload, stage: 'expire' };
      return { kind: 'again', inMs: Math.max(0, expiresAt - atMs), payload: JSON.stringify(next) };
    }
    const expired = expireAck(record, atMs);
    if (expired === null) return { kind: 'again', inMs: Math.max(100, expiresAt - atMs) };
    const [group = NEW_GROUP] = await store.groups([record.group]);
    const change = handlingChange(record, expired, { actor: SYSTEM, policies: policies(), group, nowMs: atMs });
    await store.write([change], { kind: 'command', command: null });
    await book.poll(true);
    return { kind: 'done' };
  };
}
