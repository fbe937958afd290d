import { randomUUID } from 'node:crypto';
import type { Silence, SilenceBody, SilenceView } from '#contract/alerts';
import { AppError } from '#contract/errors';
import { type Actor, actorOf } from '#contract/permissions';
import type { TimelineKind } from '#contract/timeline';
import { command as idempotencyOf } from '../server/store/idempotency.ts';
import type { NewTimelineEntry } from '../server/store/timeline.ts';
import type { AlertBook } from './book.ts';
import type { AskedBy } from './commands.ts';
import { canUpdate, checkSilence, expire, silenceState } from './domain/silence.ts';
import type { AlertStore } from './store.ts';

export interface SilenceDeps {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly prefix: string;
  readonly instance: string;
  readonly nowMs: () => number;
}
const matcherText = (silence: Silence): string =>
  silence.matchers.map(({ name, op, value }) => `${name}${op}"${value}"`).join(' ');
type SilenceKind = Extract<TimelineKind, `silence.${string}`>;
/** What became of a silence, for the timeline. */
export const silenceEntry = (
  kind: SilenceKind,
  silence: Silence,
  actor: Actor,
  requestId?: string,
): NewTimelineEntry => ({
  kind,
  actor,
  ...(requestId === undefined ? {} : { requestId }),
  params: {
    silence: silence.id,
    text: `${matcherText(silence)}: ${silence.comment}`,
    until: new Date(silence.endsAt).toISOString(),
    endsAt: silence.endsAt,
  },
});

/** Who is signed in; a tool that names somebody else (karma for its users) is shown with that name first. */
const authorOf = ({ principal, onBehalfOf = '' }: AskedBy & { readonly onBehalfOf?: string }): string =>
  onBehalfOf === '' || onBehalfOf === principal.name ? principal.name : `${onBehalfOf} (${principal.name})`;

/** Silences: created, changed and expired under their version; their state is derived from the times at every look. */
export function createSilences({ store, book, prefix, instance, nowMs }: SilenceDeps) {
  async function read(id: string): Promise<Silence> {
    const silence = await store.silence(id);
    if (silence === null) throw new AppError('not_found', `there is no silence ${id.slice(0, 80)}`);
    return silence;
  }
  const view = async (silence: Silence): Promise<SilenceView> => {
    await book.poll(true);
    return book.silenceView(silence);
  };

  return {
    list: (): SilenceView[] => book.silences.map((silence) => book.silenceView(silence)),
    get: async (id: string): Promise<SilenceView> => book.silenceView(await read(id)),

    /** @throws {AppError} `silence_times`, `unsafe_pattern`, `validation`, `idempotency_body_mismatch` */
    async create(
      body: SilenceBody,
      by: AskedBy & { readonly onBehalfOf?: string },
    ): Promise<{ silence: SilenceView; replayed: boolean }> {
      const atMs = nowMs();
      const silence: Silence = {
        id: randomUUID(),
        matchers: body.matchers,
        startsAt: Math.max(atMs, body.startsAt ?? atMs),
        endsAt: body.endsAt,
        createdBy: authorOf(by),
        comment: body.comment,
        updatedAt: atMs,
        version: 1,
      };
      checkSilence({ ...silence, startsAt: body.startsAt ?? atMs }, atMs);
      const command = idempotencyOf(prefix, instance, {
        principal: by.principal,
        route: 'silences.create',
        key: by.key,
        asked: body,
      });
      const entry = silenceEntry('silence.created', silence, actorOf(by.principal), by.requestId);
      const written = await store.writeSilence(silence, 0, entry, { command, announceEnd: true });
      return { silence: await view(written.silence), replayed: written.replayed };
    },

    /** @throws {AppError} `silence_expired` when the edit would rewrite history, else as `create` */
    async update(id: string, body: SilenceBody, by: AskedBy): Promise<{ silence: SilenceView; replayed: boolean }> {
      const before = await read(id);
      const atMs = nowMs();
      const silence: Silence = {
        ...before,
        matchers: body.matchers,
        startsAt: body.startsAt ?? before.startsAt,
        endsAt: body.endsAt,
        comment: body.comment,
        updatedAt: atMs,
        version: before.version + 1,
      };
      if (!canUpdate(before, silence, atMs)) {
        throw new AppError(
          'silence_expired',
          'what a silence has muted cannot be changed afterwards; create a new one',
        );
      }
      const started = silenceState(before, atMs) === 'active';
      checkSilence(started ? { ...silence, startsAt: atMs } : silence, atMs);
      const command = idempotencyOf(prefix, instance, {
        principal: by.principal,
        route: 'silences.update',
        key: by.key,
        asked: { id, ...body },
      });
      const entry = silenceEntry('silence.changed', silence, actorOf(by.principal), by.requestId);
      const written = await store.writeSilence(silence, before.version, entry, { command, announceEnd: true });
      return { silence: await view(written.silence), replayed: written.replayed };
    },

    /** Ends it now; one that is over already stays as it is. */
    async expire(id: string, by: Pick<AskedBy, 'principal' | 'requestId'>): Promise<SilenceView> {
      const before = await read(id);
      const silence = expire(before, nowMs());
      if (silence === null) return book.silenceView(before);
      const entry = silenceEntry('silence.expired', silence, actorOf(by.principal), by.requestId);
      const written = await store.writeSilence(silence, before.version, entry, { command: null, announceEnd: false });
      return view(written.silence);
    },
  };
}
export type Silences = ReturnType<typeof createSilences>;
