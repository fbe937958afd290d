import { randomUUID } from 'node:crypto';
import type { GettableSilence, PostableSilence } from '#contract/alertmanager';
import { type Matcher, SILENCE_MAX_MS, type Silence, type SilenceBody } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import type { AlertBook } from '../book.ts';
import { readPattern } from '../domain/matchers.ts';
import { canUpdate, silenceState } from '../domain/silence.ts';
import type { Silences } from '../silences.ts';
import type { AlertStore } from '../store.ts';
import { isLabelName, printable } from './domain/labels.ts';
import { matcherOf } from './domain/matcher-text.ts';
import { gettableSilence, hasMatchers, sortSilences } from './domain/show-silence.ts';
import { readTime } from './domain/times.ts';

const MATCHERS_MOST = 16;
const COMMENT_CHARS = 500;

export interface OutsideBy {
  readonly principal: Principal;
  readonly requestId: string;
  /** Alertmanager's tools send none. */
  readonly key?: string;
}
const bad = (message: string): AppError => new AppError('bad_request', message);
const invalid = (why: string): AppError => bad(`silence invalid: ${why}`);

/** Silences in Alertmanager's words. They are the silences of `/api/v1`: one store, one set of rules, one history. */
export function createOutsideSilences({
  silences,
  store,
  book,
  nowMs,
}: {
  readonly silences: Silences;
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly nowMs: () => number;
}) {
  const show = (silence: Silence): GettableSilence => gettableSilence(silence, silenceState(silence, nowMs()));
  async function find(id: string): Promise<Silence> {
    const silence = await store.silence(id);
    if (silence === null) throw new AppError('not_found', 'silence not found');
    return silence;
  }

  /** @throws {AppError} `bad_request` in Alertmanager's words */
  function read({ matchers, startsAt, endsAt, comment }: PostableSilence): SilenceBody & { startsAt: number } {
    const atMs = nowMs();
    const starts = readTime(startsAt);
    const ends = readTime(endsAt);
    if (starts === null || ends === null)
      throw bad(
        `${JSON.stringify((starts === null ? startsAt : endsAt).slice(0, 40))} is not a time such as 2026-11-11T00:00:00Z`,
      );
    if (starts >= ends) throw bad('Failed to create silence: start time must be before end time');
    if (ends < atMs) throw bad("Failed to create silence: end time can't be in the past");
    if (ends - Math.max(atMs, starts) > SILENCE_MAX_MS)
      throw invalid('it lasts longer than 24 h; here nothing is silenced for ever: renew it if it must last');
    if (comment.trim() === '') throw invalid('a comment is required: say why, for whoever is on duty next');
    if (comment.length > COMMENT_CHARS) throw invalid(`the comment is longer than ${COMMENT_CHARS} characters`);
    if (matchers.length > MATCHERS_MOST) throw invalid(`${matchers.length} matchers, ${MATCHERS_MOST} are the most`);
    return {
      matchers: matchers.map((matcher, index) => readMatcher(matcherOf(matcher), index)),
      // a start in the past means "now"
      startsAt: starts,
      endsAt: ends,
      comment: printable(comment),
    };
  }
  function readMatcher(matcher: Matcher, index: number): Matcher {
    const { name, op, value } = matcher;
    if (!isLabelName(name) || name.length > 128)
      throw invalid(`invalid label matcher ${index}: invalid label name ${JSON.stringify(name.slice(0, 80))}`);
    if (value.length > 1_024) throw invalid(`invalid label matcher ${index}: the value is longer than 1024 characters`);
    try {
      if (op === '=~' || op === '!~') readPattern(matcher);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const why = String(error.options.extra?.why ?? error.message);
      throw invalid(
        `invalid label matcher ${index}: invalid regular expression ${JSON.stringify(value.slice(0, 80))}: error parsing regexp: ${why}`,
      );
    }
    return { name, op, value: op === '=' || op === '!=' ? printable(value) : value };
  }
  /** Ours refuse with their own codes; here all of them are one 400. */
  async function inTheirWords<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'validation') throw invalid('at least one matcher must not match the empty string');
      if (error.code === 'silence_times' || error.code === 'unsafe_pattern') throw invalid(error.message);
      throw error;
    }
  }

  return {
    list(wanted: readonly Matcher[]): GettableSilence[] {
      return sortSilences(book.silences.filter((silence) => hasMatchers(silence, wanted)).map(show));
    },
    get: async (id: string): Promise<GettableSilence> => show(await find(id)),

    /**
     * Makes a silence, or changes the one with `id`. What would rewrite history (an ended one, other matchers of a running one)
     * becomes a new silence, and the old one ends.
     * @throws {AppError} `bad_request`, `not_found` in Alertmanager's words
     */
    async post(body: PostableSilence, by: OutsideBy): Promise<{ silenceID: string }> {
      const { id = '' } = body;
      const before = id === '' ? null : await find(id);
      const asked = read(body);
      const key = by.key ?? randomUUID();
      const who = { principal: by.principal, requestId: by.requestId, key };
      const fresh: SilenceBody = { ...asked, startsAt: Math.max(asked.startsAt, nowMs()) };
      return inTheirWords(async () => {
        if (before !== null) {
          const pending = silenceState(before, nowMs()) === 'pending';
          const next = pending ? fresh : asked;
          if (canUpdate(before, { ...before, ...next, startsAt: next.startsAt ?? before.startsAt }, nowMs())) {
            const { silence } = await silences.update(id, next, who);
            return { silenceID: silence.id };
          }
        }
        const { silence } = await silences.create(fresh, {
          ...who,
          onBehalfOf: printable(body.createdBy).slice(0, 64),
        });
        // the new one mutes already: no moment is loud between them
        if (before !== null && silenceState(before, nowMs()) !== 'expired') await silences.expire(before.id, who);
        return { silenceID: silence.id };
      });
    },
    /** Ends it now; ending one that is over changes nothing. @throws {AppError} `not_found` */
    async expire(id: string, by: OutsideBy): Promise<void> {
      await find(id);
      await silences.expire(id, by);
    },
  };
}
export type OutsideSilences = ReturnType<typeof createOutsideSilences>;
