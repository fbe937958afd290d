import type { SilenceView } from '#contract/alerts';
import type { Alerts } from '../alerts/alerts.ts';
import { matchesAll } from '../alerts/domain/matchers.ts';
import type { SilencePort } from './action-ports.ts';
import type { AlertLookup } from './ports.ts';

/** The alert engine as runs need it: what an alert says, so that a plan can be chosen. */
export const alertLookup = ({ store, book }: Pick<Alerts, 'store' | 'book'>): AlertLookup => ({
  async find(id) {
    const found = await store.read(id);
    if (found === null) return null;
    const { rule, tier, labels, annotations } = book.show(found.record);
    const en = annotations.summary ?? rule;
    const title = { zh: annotations.summary_zh ?? en, en };
    return { id, rule, tier, labels, title, link: annotations.runbook_url ?? null };
  },
});

/** Silences made by an action. Their comment names the execution, which is how they are found again. */
export function silencePort({ silences, book }: Pick<Alerts, 'silences' | 'book'>): SilencePort {
  const actorOf = ({ id, name }: { id: string; name: string }) =>
    ({ kind: 'user', id, name, role: 'oncall', sessionId: 'runbook' }) as const;
  const made = (key: string): SilenceView | undefined =>
    silences.list().find(({ comment }) => comment.endsWith(`(${key})`));
  return {
    matchedCount: async (matchers) => {
      await book.poll(true);
      return book.all().filter(({ labels, handling }) => handling !== 'resolved' && matchesAll(matchers, labels))
        .length;
    },
    async create({ key, matchers, endsAtMs, by, comment }) {
      const body = { matchers: [...matchers], endsAt: endsAtMs, comment: `${comment} (${key})` };
      const { silence } = await silences.create(body, { principal: actorOf(by), key, requestId: key });
      return silence.id;
    },
    async isActive(key) {
      await book.poll(true);
      return made(key)?.state === 'active';
    },
    async expire(key, by) {
      await book.poll(true);
      const silence = made(key);
      if (silence !== undefined) await silences.expire(silence.id, { principal: actorOf(by), requestId: key });
    },
  };
}
