import { type ReactElement, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import '../../styles/oncall.css';
import type { Alert } from '#contract/alerts';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useKeys, useSingleKeys } from '../../keys/use-keys.ts';
import { getSilences } from '../../net/alert-commands.ts';
import { useHistoryLines } from '../../net/use-history.ts';
import { useLink } from '../../net/use-link.ts';
import { followLinks, setQuery, useRoute } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { ALERT_SINK, useListed } from '../../state/use-alert-feed.ts';
import { useFeedFreshness } from '../../state/use-ticked.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { AlertList } from './AlertList.tsx';
import { Announcer } from './Announcer.tsx';
import { AskDialog } from './AskDialog.tsx';
import { takeAlerts, tellNothing, undoFor, useOff } from './acts.ts';
import type { Asked } from './ask.ts';
import { Commands } from './Commands.tsx';
import { DeskHeader } from './DeskHeader.tsx';
import { Detail } from './Detail.tsx';
import { EmptyDetail } from './EmptyDetail.tsx';
import { GroupDetail } from './GroupDetail.tsx';
import { DESK_KEYS, type DeskVerb } from './keys.ts';
import { ListBar } from './ListBar.tsx';
import { alertsOf, byUrgency, type ListQuery } from './list-model.ts';
import { SilenceDialog } from './SilenceDialog.tsx';
import { ToldLine } from './ToldLine.tsx';
import { useTold } from './told.ts';
import { useDeskList } from './use-desk-list.ts';
import { useLastSeen } from './use-last-seen.ts';
import { usePalette } from './use-palette.ts';
import { useRunbook } from './use-runbook.ts';

const NONE: ReadonlySet<string> = new Set();

/** S3: what burns on the left, one of it in full on the right, one key a verb. The list never moves under the pointer. */
export default function DeskScreen(): ReactElement {
  useLink('desk:oncall', ALERT_SINK);
  useHistoryLines();
  useEffect(followLinks, []);
  const { say } = useDeskWords();
  const { query: address } = useRoute();
  const listed = useListed();
  const link = useFeedFreshness([]);
  const off = useOff();
  const singles = useSingleKeys();
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const { data: silences } = useLoaded(getSilences, 'silences', { about: /^silence\./, everyMs: 30_000 });
  const active = useMemo(() => silences?.silences.filter(({ state }) => state === 'active') ?? [], [silences]);

  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [filter, setFilter] = useState('');
  const [mine, setMine] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<string>>(NONE);
  const [checked, setChecked] = useState<ReadonlySet<string>>(NONE);
  const [paused, setPaused] = useState(false);
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [help, setHelp] = useState(false);
  const chosen = address.get('alert');
  const choose = (key: string | null): void => setQuery({ alert: key });
  const listRef = useRef<HTMLDivElement>(null);
  const detailRef = useRef<HTMLElement>(null);
  const filterRef = useRef<HTMLInputElement>(null);

  const query = useMemo<ListQuery>(
    () => ({ filter: filter.trim(), mine: mine ? me : null, opened }),
    [filter, mine, me, opened],
  );
  const still = hovered || focused || paused || chosen !== null || checked.size > 0;
  const list = useDeskList(listed, query, still, redraw);
  const { rows } = list;
  const at = rows.findIndex(({ key }) => key === chosen);
  const row = rows[at] ?? null;
  const group = row?.kind === 'group' ? row : null;
  const single = useLastSeen(chosen, row?.kind === 'alert' ? row.alert : null);
  const alert = group === null ? single : ([...group.alerts].sort(byUrgency)[0] ?? null);

  const mineCount = useMemo(
    () => [...listed.byId.values()].filter(({ owner }) => owner?.name === me).length,
    [listed, me],
  );

  const toggleOpen = (key: string): void => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  const move = (by: 1 | -1): void => {
    const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next === undefined) return;
    listRef.current?.focus({ preventScroll: true });
    choose(next.key);
  };
  const checkedAlerts = (): Alert[] =>
    rows.filter(({ key }) => checked.has(key)).flatMap((each) => [...alertsOf(each)]);
  const take = (): void => {
    const many = checkedAlerts();
    if (many.length > 0) {
      setChecked(NONE);
      void takeAlerts(many);
    } else if (group !== null) void takeAlerts(group.alerts);
    else if (alert !== null) void takeAlerts([alert]);
    else tellNothing('told.noRow');
  };
  /** All that is paged together with it; of a storm, all of it. */
  const takeGroup = (): void => {
    if (group !== null) void takeAlerts(group.alerts);
    else if (alert !== null) void takeAlerts([...listed.byId.values()].filter((each) => each.group === alert.group));
    else tellNothing('told.noRow');
  };
  const own = (): void => {
    const { told } = useTold.getState();
    const lost = told?.takeOver === null || told === null ? undefined : listed.byId.get(told.takeOver);
    const wanted = lost ?? (group === null ? alert : null);
    if (wanted !== null) void takeAlerts([wanted], { takeOver: true });
    else if (group !== null) void takeAlerts(group.alerts, { takeOver: true });
    else tellNothing('told.noRow');
  };
  const ask = (kind: Asked['kind']): void => {
    if (alert === null) tellNothing('told.noRow');
    else setAsked({ kind, alert });
  };
  /** Nothing is sent without a link, nor kept for later. */
  const acting = (act: () => void): (() => void) => (off === null ? act : () => tellNothing(`off.${off}`));
  const back = (): void => {
    if (detailRef.current?.contains(document.activeElement)) listRef.current?.focus();
    else if (checked.size > 0) setChecked(NONE);
    else {
      listRef.current?.blur();
      choose(null);
    }
  };
  const plan = useRef<() => void>(() => undefined);
  const press: Readonly<Record<DeskVerb, () => void>> = {
    next: () => move(1),
    before: () => move(-1),
    open: () => {
      if (group !== null && !detailRef.current?.contains(document.activeElement)) toggleOpen(group.key);
      else document.getElementById('detail-title')?.focus();
    },
    back,
    select: () => {
      if (row === null) {
        tellNothing('told.noRow');
        return;
      }
      const next = new Set(checked);
      if (!next.delete(row.key)) next.add(row.key);
      setChecked(next);
    },
    acknowledge: acting(take),
    acknowledgeGroup: acting(takeGroup),
    undo: acting(() => undoFor(group === null ? alert : null)),
    own: acting(own),
    escalate: acting(() => ask('escalate')),
    silence: acting(() => ask('silence')),
    note: acting(() => ask('note')),
    runbook: () => (alert === null ? tellNothing('told.noRow') : plan.current()),
    filter: () => filterRef.current?.focus(),
    freeze: () => setPaused(!paused),
    mute: () => document.querySelector<HTMLElement>('[data-testid="sound"]')?.click(),
    help: () => setHelp(true),
  };
  // `m` is the sound chip's own key
  const keys = Object.entries(DESK_KEYS).filter(([, verb]) => verb !== 'mute');
  useKeys(Object.fromEntries(keys.map(([key, verb]) => [key, press[verb]])));
  usePalette(() => setHelp(true));
  const acts = { take, takeGroup, own, undo: press.undo, ask, choose: (id: string) => choose(id) };
  return (
    <main className="oncall" data-testid="desk" data-trusted={link.trusted}>
      <DeskHeader onHelp={() => setHelp(true)} />
      <section className="desk-list" aria-label={say('list.label')}>
        <ListBar
          known={listed.known}
          tally={listed.tally}
          allCount={listed.byId.size}
          mineCount={mineCount}
          mine={mine}
          silenceCount={silences === null ? null : active.length}
          filter={filter}
          filterRef={filterRef}
          paused={paused}
          held={list.held}
          news={list.news}
          checkedCount={checked.size}
          onMine={setMine}
          onFilter={setFilter}
          onLeaveFilter={(clear) => {
            if (clear) setFilter('');
            filterRef.current?.blur();
            listRef.current?.focus();
          }}
          onRenew={list.renew}
          onPause={() => setPaused(!paused)}
        />
        {rows.length === 0 ? (
          <p className="list-none" role="status" data-testid="list-none">
            {say(
              !listed.known ? 'list.loading' : filter !== '' ? 'list.noneMatch' : mine ? 'list.noneMine' : 'list.none',
            )}
          </p>
        ) : null}
        <AlertList
          rows={rows}
          chosen={chosen}
          checked={checked}
          listRef={listRef}
          onChoose={choose}
          onHover={setHovered}
          onFocus={setFocused}
        />
        <ToldLine keys={singles} />
      </section>
      <section
        className="desk-detail"
        aria-label={say('detail.label')}
        ref={detailRef}
        data-testid="detail"
        data-alert={chosen ?? ''}
      >
        {group !== null ? (
          <GroupDetail
            group={group}
            onTake={acting(takeGroup)}
            onOpen={() => toggleOpen(group.key)}
            onSilence={() => ask('silence')}
            onChoose={choose}
          />
        ) : alert !== null ? (
          <Planned key={alert.id} alert={alert} silences={active} acts={acts} onPlan={plan} />
        ) : (
          <EmptyDetail />
        )}
      </section>
      <Announcer />
      {asked === null ? null : asked.kind === 'silence' ? (
        <SilenceDialog alert={asked.alert} onClose={() => setAsked(null)} />
      ) : (
        <AskDialog kind={asked.kind} alert={asked.alert} onClose={() => setAsked(null)} />
      )}
      {help ? <Commands onClose={() => setHelp(false)} press={(verb) => press[verb]()} /> : null}
    </main>
  );
}

/** The detail with its plan, which the key `b` opens. */
function Planned({
  onPlan,
  ...props
}: Omit<Parameters<typeof Detail>[0], 'plan'> & { onPlan: { current: () => void } }): ReactElement {
  const plan = useRunbook(props.alert);
  onPlan.current = plan.go;
  return <Detail {...props} plan={plan} />;
}
