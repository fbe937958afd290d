import type { Log } from '../room/log.ts';
import type { PeopleStore } from './principals.ts';
import { REVOKE_REASONS, type Revocation, type RevokeReason } from './types.ts';

/** How often a node looks at the control stream. Polled, not blocking: it needs no connection of its own and no recovery. */
const POLL_MS = 250;
const PAGE = 1_000;

export interface Control {
  /** Begins behind what is in the stream now; call it before the first socket is let in. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Looks now; the poll calls it, and so does whoever has just written. */
  catchUp(): Promise<void>;
}

function toRevocation(fields: readonly string[]): Revocation {
  const entry: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) entry[fields[i] ?? ''] = fields[i + 1] ?? '';
  const reason = REVOKE_REASONS.includes(entry.reason as RevokeReason) ? (entry.reason as RevokeReason) : 'revoked';
  return { principalId: entry.principal ?? '', sessionId: entry.session || null, reason };
}

/**
 * Follows the stream of revocations from the last id, so that a lost connection costs a delay and no entry. What a node slept
 * through until it was trimmed (10,000 entries) is found by the sweep over open sockets (presence.ts).
 */
export function createControl(
  { redis, keys }: PeopleStore,
  onRevoked: (revocation: Revocation) => void,
  log: Pick<Log, 'warn'>,
): Control {
  let lastId = '0-0';
  let timer: NodeJS.Timeout | null = null;
  let reading: Promise<void> | null = null;
  let failing = false;

  async function read(): Promise<void> {
    for (;;) {
      const reply = await redis.xread('COUNT', PAGE, 'STREAMS', keys.control, lastId);
      const rows = reply?.[0]?.[1] ?? [];
      for (const [id, fields] of rows) {
        lastId = id;
        onRevoked(toRevocation(fields));
      }
      if (rows.length < PAGE) return;
    }
  }
  async function catchUp(): Promise<void> {
    while (reading !== null) await reading; // what it read may be from before the caller's write
    reading = read().finally(() => {
      reading = null;
    });
    await reading;
  }
  async function poll(): Promise<void> {
    try {
      await catchUp();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'revocations cannot be read; the next poll tries again');
      failing = true;
    }
    if (timer !== null) timer = setTimeout(poll, POLL_MS);
  }
  return {
    async start() {
      const [newest] = await redis.xrevrange(keys.control, '+', '-', 'COUNT', 1);
      lastId = newest?.[0] ?? '0-0';
      timer = setTimeout(poll, POLL_MS);
    },
    async stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await reading?.catch(() => undefined);
    },
    catchUp,
  };
}
