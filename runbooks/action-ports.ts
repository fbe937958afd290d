import { AppError } from '#contract/errors';
import type { ActionSpec, DiffRow, Words } from '#contract/runbooks';
import type { Outbound } from '../server/outbound/send.ts';
import type { Hooks } from './hooks.ts';
import type { ActionPort, ActionPorts, BannerStore } from './ports.ts';

const unavailable = (what: string): AppError =>
  new AppError('action_unavailable', `${what}; do it by hand as the step says, then complete the step`);

/** An action whose part of the product does not exist yet: it says so, instead of pretending. */
export const notYet = <T extends ActionSpec['type']>(what: string): ActionPort<T> => ({
  diff: async () => {
    throw unavailable(what);
  },
  perform: async () => ({ ok: false, outcome: what, retryable: false }),
});

/** `webhook`: a signed POST to a hook the operator has set up, `{run, action, direction, body, by}`. */
export function webhookPort(hooks: Hooks, outbound: Outbound): ActionPort<'webhook'> {
  return {
    async diff({ spec, direction }): Promise<readonly DiffRow[]> {
      const hook = hooks.get(spec.hook);
      if (hook === undefined) throw unavailable(`the hook ${spec.hook} is not set up in HOOKS_FILE`);
      outbound.check(hook.url);
      const [before, after] = direction === 'do' ? [spec.undo, spec.body] : [spec.body, spec.undo];
      if (after === null) throw unavailable(`${spec.hook} has no way back`);
      const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].sort();
      const shown = (body: typeof before, name: string): string | null =>
        body !== null && name in body ? String(body[name]) : null;
      return names.map((name) => ({
        what: `${spec.hook}.${name}`,
        before: shown(before, name),
        after: shown(after, name),
      }));
    },
    async perform({ spec, direction, key, by, runId }) {
      const hook = hooks.get(spec.hook);
      const body = direction === 'do' ? spec.body : spec.undo;
      if (hook === undefined || body === null)
        return { ok: false, outcome: `${spec.hook} is not set up`, retryable: false };
      const sent = await outbound.send({
        url: hook.url,
        secrets: hook.secrets,
        id: key,
        body: JSON.stringify({ run: runId, hook: spec.hook, direction, by: by.name, ...{ body } }),
      });
      if (sent.kind === 'delivered') {
        const told = { code: 'webhook.sent', params: { hook: spec.hook, status: sent.status } } as const;
        return { ok: true, outcome: `${spec.hook}: ${sent.status}`, told };
      }
      const told = { code: 'webhook.failed', params: { hook: spec.hook, reason: sent.reason } } as const;
      return { ok: false, outcome: `${spec.hook}: ${sent.reason}, ${sent.message}`, retryable: sent.retryable, told };
    },
  };
}

/** `banner`: a line across all walls, taken down by undoing it or by its end. */
export function bannerPort(banners: BannerStore, nowMs: () => number): ActionPort<'banner'> {
  const same = (one: Words, other: Words): boolean => one.zh === other.zh && one.en === other.en;
  return {
    async diff({ spec, direction }) {
      const now = await banners.current(nowMs());
      const [before, after] =
        direction === 'do'
          ? [now?.text ?? null, spec.text]
          : [spec.text, now === null || same(now.text, spec.text) ? null : now.text];
      return [
        { what: 'banner.text', before, after },
        ...(direction === 'do'
          ? [
              { what: 'banner.tier', before: now?.tier ?? null, after: spec.tier },
              { what: 'banner.minutes', before: null, after: String(spec.minutes) },
            ]
          : []),
      ];
    },
    async perform({ spec, direction, key, by, doneKey, atMs: fromMs }) {
      if (direction === 'undo') {
        await banners.clear(doneKey);
        return { ok: true, outcome: 'the banner is down', told: { code: 'banner.down', params: {} } };
      }
      const untilMs = fromMs + spec.minutes * 60_000;
      await banners.show({ id: key, tier: spec.tier, text: spec.text, by: by.name, fromMs, untilMs });
      const told = { code: 'banner.up', params: { minutes: spec.minutes } } as const;
      return { ok: true, outcome: `on all walls for ${spec.minutes} min`, told };
    },
    async inEffect({ spec }) {
      const now = await banners.current(nowMs());
      return now !== null && same(now.text, spec.text);
    },
  };
}

/** The silences of the alert core, as an action needs them. */
export interface SilencePort {
  /** Open alerts that the matchers meet now. */
  matchedCount(matchers: Extract<ActionSpec, { type: 'silence' }>['matchers']): Promise<number>;
  /** Safe to repeat with the same key. Returns the silence's id. */
  create(silence: {
    readonly key: string;
    readonly matchers: Extract<ActionSpec, { type: 'silence' }>['matchers'];
    readonly endsAtMs: number;
    readonly by: { readonly id: string; readonly name: string };
    readonly comment: string;
  }): Promise<string>;
  /** Ends what `create` made with this key. */
  expire(key: string, by: { readonly id: string; readonly name: string }): Promise<void>;
  /** Whether what `create` made with this key mutes now. */
  isActive(key: string): Promise<boolean>;
}
export function silenceAction(silences: SilencePort): ActionPort<'silence'> {
  const text = (spec: Extract<ActionSpec, { type: 'silence' }>): string =>
    spec.matchers.map(({ name, op, value }) => `${name}${op}${value}`).join(', ');
  return {
    async diff({ spec, direction }) {
      const [before, after] = direction === 'do' ? [null, text(spec)] : [text(spec), null];
      const count = String(await silences.matchedCount(spec.matchers));
      const [was, will] = direction === 'do' ? ['0', count] : [count, '0'];
      return [
        { what: 'silence.matchers', before, after },
        { what: 'silence.alerts', before: was, after: will },
        { what: 'silence.minutes', before: null, after: direction === 'do' ? String(spec.minutes) : null },
      ];
    },
    async perform({ spec, direction, key, doneKey, by, runId, atMs }) {
      if (direction === 'undo') {
        await silences.expire(doneKey, by);
        return { ok: true, outcome: 'the silence has ended', told: { code: 'silence.off', params: {} } };
      }
      const endsAtMs = atMs + spec.minutes * 60_000;
      const id = await silences.create({ key, matchers: spec.matchers, endsAtMs, by, comment: `runbook run ${runId}` });
      const told = { code: 'silence.on', params: { minutes: spec.minutes } } as const;
      return { ok: true, outcome: `silence ${id} for ${spec.minutes} min`, told };
    },
    inEffect: async ({ doneKey }) => doneKey !== '' && silences.isActive(doneKey),
  };
}

/** All four; a part that is not there yet says so. */
export function actionPorts(parts: {
  readonly hooks: Hooks;
  readonly outbound: Outbound;
  readonly banners: BannerStore;
  readonly silences: SilencePort | null;
  readonly freeze: ActionPort<'budget.freeze'> | null;
  readonly nowMs: () => number;
}): ActionPorts {
  return {
    webhook: webhookPort(parts.hooks, parts.outbound),
    banner: bannerPort(parts.banners, parts.nowMs),
    silence: parts.silences === null ? notYet('silences are not there yet') : silenceAction(parts.silences),
    'budget.freeze': parts.freeze ?? notYet('the budget ledger is not there yet, so nothing can be frozen from here'),
  };
}
