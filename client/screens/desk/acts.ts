import type { Alert } from '#contract/alerts';
import { type Say, sayIn, sayOr } from '../../i18n/phone-words.ts';
import { acknowledge, forMany, getAlert, unacknowledge } from '../../net/alert-commands.ts';
import { RequestFailed } from '../../net/http.ts';
import { minuteTime } from '../../numbers/time.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { useAlerts } from '../../state/alerts-store.ts';
import { useConsole } from '../../state/console-store.ts';
import { titleOf } from './alert-words.ts';
import { calledSince } from './called.ts';
import { useTold } from './told.ts';

const tell = (...told: Parameters<ReturnType<typeof useTold.getState>['tell']>): void =>
  useTold.getState().tell(...told);
const saying = (): Say => sayIn(useConsole.getState().lang);
const me = (): string => {
  const { session } = useConsole.getState();
  return typeof session === 'object' ? session.name : '';
};
/** A refusal in words: who was first, what has changed. */
export function refusalWords(error: unknown, say: Say = saying()): string {
  if (!(error instanceof RequestFailed)) return say('refused.network'); // nobody said no
  const { code, problem } = error;
  const owner = problem?.owner as { name?: string } | undefined;
  const zone = useConsole.getState().campaign?.timeZone ?? 'Asia/Shanghai';
  const changed = problem?.changed as { by?: string; at?: number } | undefined;
  const atMs = problem?.acknowledgedAt ?? changed?.at;
  return sayOr(say, changed === undefined ? `refused.${code}` : 'refused.handled', 'refused.other', {
    code,
    who: owner?.name ?? changed?.by ?? '',
    time: typeof atMs === 'number' ? minuteTime(atMs, zone) : '',
  });
}

/** Why nothing may be pressed now; null when it may. */
export function useOff(): 'offline' | 'readOnly' | null {
  const offline = useLinkState() === 'offline';
  const mayAct = useConsole(({ session }) => typeof session === 'object' && session.permissions.includes('alerts.act'));
  return offline ? 'offline' : mayAct ? null : 'readOnly';
}

/** Takes alerts: shown as taken at once, given back when the server says no. One line says what became of it. */
export async function takeAlerts(alerts: readonly Alert[], options: { takeOver?: boolean } = {}): Promise<void> {
  const { takeOver = false } = options;
  const wanted = takeOver ? alerts : alerts.filter(({ handling }) => handling === 'open');
  const [first] = wanted;
  const say = saying();
  if (first === undefined) {
    const [had] = alerts;
    // somebody has it already: say who, and offer to take over
    if (had !== undefined && had.owner !== null && had.owner.name !== me()) {
      const since = had.acknowledgedAt === null ? '' : minuteTime(had.acknowledgedAt, zoneNow());
      tell(say('refused.already_acknowledged', { who: had.owner.name, time: since }), {
        refused: true,
        takeOver: alerts.length === 1 ? had.id : null,
      });
    }
    return;
  }
  const ids = wanted.map(({ id }) => id);
  const { expect, settle, applyAlert } = useAlerts.getState();
  expect(ids, { handling: 'acknowledged', owner: { id: '', name: me() } });
  try {
    if (wanted.length === 1) {
      const { alert } = await acknowledge(first.id, takeOver ? { takeOver } : {});
      applyAlert(alert);
      tell(say('told.acknowledged', { what: titleOf(alert, useConsole.getState().lang) }), { undo: ids });
      return;
    }
    const results = await forMany('acknowledge', ids, (n) => {
      if (n < ids.length) tell(say('told.working', { n, m: ids.length }));
    });
    const taken = results.filter(({ code }) => code === 'acknowledged');
    for (const { alert } of taken) if (alert !== null) applyAlert(alert);
    const missed = ids.length - taken.length;
    tell(
      missed === 0
        ? say('told.acknowledgedMany', { n: taken.length })
        : say('told.acknowledgedSome', { n: taken.length, m: missed }),
      { undo: taken.map(({ id }) => id), refused: taken.length === 0 },
    );
  } catch (error) {
    const taken = error instanceof RequestFailed && error.code === 'already_acknowledged';
    tell(refusalWords(error, say), { refused: true, takeOver: taken && wanted.length === 1 ? first.id : null });
  } finally {
    settle(ids);
  }
}
const zoneNow = (): string => useConsole.getState().campaign?.timeZone ?? 'Asia/Shanghai';

/** Gives alerts back, right after taking them or any time later. */
export async function giveBack(ids: readonly string[]): Promise<void> {
  const [first] = ids;
  const say = saying();
  if (first === undefined) return;
  const { byId, expect, settle, applyAlert } = useAlerts.getState();
  const what = byId.get(first);
  useTold.getState().clear();
  expect(ids, { handling: 'open', owner: null });
  try {
    if (ids.length === 1) {
      applyAlert((await unacknowledge(first)).alert);
      tell(say('told.undone', { what: what === undefined ? '' : titleOf(what, useConsole.getState().lang) }));
      return;
    }
    const results = await forMany('unacknowledge', ids);
    for (const { alert } of results) if (alert !== null) applyAlert(alert);
    tell(say('told.undoneMany', { n: results.filter(({ code }) => code === 'unacknowledged').length }));
  } catch (error) {
    tell(refusalWords(error, say), { refused: true });
  } finally {
    settle(ids);
  }
}

/** How often, and how long, the history is asked what became of a call, ms. */
const CALLED_EVERY_MS = 500;
const CALLED_WITHIN_MS = 15_000;
/** Says who was called by an escalation, or why nobody was: what the history tells, not what should have happened. */
export async function tellWhoWasCalled({ id, version }: Pick<Alert, 'id' | 'version'>): Promise<void> {
  const say = saying();
  for (let waitedMs = 0; waitedMs < CALLED_WITHIN_MS; waitedMs += CALLED_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, CALLED_EVERY_MS));
    const now = await getAlert(id).catch(() => null);
    const called = now === null ? null : calledSince(now.history, version);
    if (called === null) continue;
    if (called.names.length > 0) tell(say('told.called', { who: called.names.join(', ') }));
    else {
      const why = called.reasons.map((reason) => sayOr(say, `reason.${reason}`, 'refused.other', { code: reason }));
      tell(say('told.calledNobody', { why: why.join(', ') }), { refused: true });
    }
    return;
  }
  tell(say('told.notCalled'), { refused: true });
}

/** Takes back the last line's acknowledgement; later, the one of the alert at hand if it is mine. */
export function undoFor(alert: Alert | null): void {
  const { told } = useTold.getState();
  if (told?.undo) void giveBack(told.undo);
  else if (alert !== null && alert.handling === 'acknowledged' && alert.owner?.name === me()) void giveBack([alert.id]);
  else tell(saying()('told.nothing'));
}
export const tellNothing = (key: 'told.noRow' | 'off.offline' | 'off.readOnly' | 'off.over'): void =>
  tell(saying()(key), { refused: true });
