import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { PlatformReply, type PlatformRequest } from '#contract/platforms';
import type { Delivery, Outbound } from '../../outbound/send.ts';
import { type PlatformAdapter, READ_TIMEOUT_MS, SET_TIMEOUT_MS } from './adapter.ts';

/** Where commands of a link go; its address and secrets stay on the server. */
export interface PlatformHook {
  readonly url: string;
  readonly secrets: readonly string[];
}
const reply = Compile(PlatformReply);

/** Signed webhooks (Standard Webhooks), through the one way out of this server; messages in contract/platforms.ts. */
export function webhookAdapter(
  outbound: Outbound,
  hook: PlatformHook,
  currency: string,
  { setMs, readMs } = { setMs: SET_TIMEOUT_MS, readMs: READ_TIMEOUT_MS },
): PlatformAdapter {
  const send = (request: PlatformRequest, id: string, timeoutMs: number): Promise<Delivery> =>
    outbound.send({ url: hook.url, id, body: JSON.stringify(request), secrets: hook.secrets, timeoutMs });
  return {
    async setDailyBudget(objectId, absoluteMinor, { id }) {
      const data = { objectId, dailyBudgetMinor: absoluteMinor, currency };
      const answer = await send({ type: 'budget.set', data }, id, setMs);
      if (answer.kind === 'failed') {
        const { message: why, retryAfterS } = answer;
        return isUndone(answer)
          ? { kind: 'not_done', why, retryAfterMs: (retryAfterS ?? 0) * 1_000 }
          : { kind: 'lost', why };
      }
      const read = readReply(answer.body, objectId);
      if (read === null) return { kind: 'lost', why: 'the platform answered something else than a reading' };
      const { reading, rejected } = read;
      const words = rejected === undefined ? null : `${rejected.code}: ${rejected.message}`;
      return { kind: 'answered', reading, rejected: words };
    },
    async read(objectId) {
      const answer = await send({ type: 'budget.read', data: { objectId } }, randomUUID(), readMs);
      if (answer.kind === 'failed')
        return { kind: 'unreadable', why: answer.message, retryAfterMs: (answer.retryAfterS ?? 0) * 1_000 };
      const read = readReply(answer.body, objectId);
      if (read === null)
        return { kind: 'unreadable', why: 'the platform answered something else than a reading', retryAfterMs: 0 };
      return { kind: 'read', reading: read.reading };
    },
  };
}

/** Refused before anything was done. A 5xx, a redirect or no answer may hide an effect. */
const isUndone = ({ reason }: Extract<Delivery, { kind: 'failed' }>): boolean =>
  reason === 'rateLimited' || reason === 'clientError' || reason === 'authError' || reason === 'refusedAddress';

function readReply(body: string, objectId: string): PlatformReply | null {
  try {
    const value: unknown = JSON.parse(body);
    return reply.Check(value) && value.reading.objectId === objectId ? value : null;
  } catch {
    return null;
  }
}
