import { type ReactElement, useState } from 'react';
import '../../styles/roster.css';
import type { DutyReply } from '#contract/alerts';
import type {
  DutySegment,
  KnownPeopleReply,
  LoadReply,
  ScheduleReply,
  ShiftsReply,
  ShiftWarning,
} from '#contract/duty';
import { command } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';
import { zoneName } from '../../numbers/time.ts';
import { dayStart } from '../../numbers/zone.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { setQuery, useRoute } from '../../router.ts';
import { PageFrame, useMay } from '../frame/PageFrame.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { useServerNow, useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { NowTable } from './NowTable.tsx';
import { ShiftDialog, type ShiftDraft } from './ShiftDialog.tsx';
import { useNames } from './use-names.ts';
import { WeekGrid } from './WeekGrid.tsx';
import { DAY_MS, DAYS, onNow, weekRows } from './week.ts';
import { useRosterWords } from './words.ts';

const HOUR_MS = 3_600_000;
const ABOUT = { about: /^duty\./ } as const;
const readSchedule = (fromMs: number, toMs: number): Promise<ScheduleReply> =>
  requestJson(`/api/v1/duty/schedule?from=${Math.floor(fromMs)}&to=${Math.floor(toMs)}`);

/** Who is on, who comes next, the week, who stands in for whom, and how often people were called. */
export default function RosterScreen(): ReactElement {
  const { say, lang } = useRosterWords();
  const { say: common } = useFrameWords();
  const zone = useZone();
  const { query } = useRoute();
  const nowMs = useServerNow(10_000) ?? Date.now();
  const asked = Number(query.get('week'));
  const weekMs = Number.isSafeInteger(asked) && asked > 0 ? asked : dayStart(nowMs, zone);
  const endMs = weekMs + DAYS * DAY_MS;
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const week = useLoaded(() => readSchedule(weekMs, endMs), `week-${weekMs}`, ABOUT);
  const near = useLoaded(() => readSchedule(hourMs - HOUR_MS, hourMs + 3 * DAY_MS), `near-${hourMs}`, ABOUT);
  const shifts = useLoaded(() => requestJson<ShiftsReply>('/api/v1/duty/shifts'), 'shifts', ABOUT);
  const duty = useLoaded(() => requestJson<DutyReply>('/api/v1/duty'), 'duty', ABOUT);
  const load = useLoaded(() => requestJson<LoadReply>('/api/v1/duty/load'), 'load', { everyMs: 15_000 });
  const mayWrite = useMay('duty.write');
  const online = useLinkState() !== 'offline';
  const act = mayWrite && online;
  const [draft, setDraft] = useState<ShiftDraft | null>(null);
  const known = useLoaded(
    () => (mayWrite ? requestJson<KnownPeopleReply>('/api/v1/duty/people') : Promise.resolve(null)),
    `known-${mayWrite}`,
    { everyMs: 60_000 },
  );
  const [allPosts, setAllPosts] = useState(false);
  const refused = useRefused();

  const posts = week.data?.posts ?? near.data?.posts ?? [];
  const held = new Set((near.data ?? week.data)?.segments.map(({ post }) => post));
  const ownPosts = posts.filter(({ id }) => held.has(id));
  const rows = weekRows(week.data?.segments ?? []);
  const planned = rows.filter(({ isPlanned }) => isPlanned);
  const shown = allPosts || planned.length === 0 ? rows : planned;
  const done = (): void => {
    setDraft(null);
    for (const each of [week, near, shifts, duty]) each.reload();
  };
  const begin = (kind: ShiftDraft['kind'], fields: Partial<ShiftDraft> = {}): void => {
    const post = ownPosts.find(({ id }) => id === 'technology_lead') ?? ownPosts[0];
    if (!act || post === undefined) return;
    const fromMs = kind === 'shift' ? hourMs + HOUR_MS : hourMs;
    const base = { kind, id: null, version: null, post: post.id, role: 'A' as const, person: '', fromMs };
    setDraft({ ...base, toMs: fromMs + 8 * HOUR_MS, ...fields });
  };
  const pick = ({ post, role, id, by, person, fromMs, toMs }: DutySegment): void => {
    const shift = by === 'shift' ? shifts.data?.shifts.find((each) => each.id === id) : undefined;
    if (shift !== undefined)
      begin('shift', { ...shift, fromMs: shift.startsAt, toMs: shift.endsAt, version: shift.version });
    else if (by === 'override') begin('override', { post, role, person: person ?? '', fromMs, toMs });
    else {
      const startMs = Math.max(fromMs, hourMs + HOUR_MS);
      begin('shift', { post, role, fromMs: startMs, toMs: Math.min(toMs, startMs + 12 * HOUR_MS) });
    }
  };
  const endOverride = (id: string): void => {
    refused.clear();
    command('DELETE', `/duty/overrides/${encodeURIComponent(id)}`).then(done, refused.take);
  };
  const goWeek = (ms: number | null): void => setQuery({ week: ms === null ? null : String(ms) });
  const failed = [week, near, duty].find((each) => each.failed !== null && each.data === null);
  return (
    <PageFrame
      id="roster"
      title={say('title')}
      keys={[
        { key: 'n', words: say('keyNew'), act: () => begin('shift') },
        { key: 'i', words: say('keyOverride'), act: () => begin('override') },
        { key: 'ArrowLeft', words: say('previous'), act: () => goWeek(weekMs - DAYS * DAY_MS) },
        { key: 'ArrowRight', words: say('next'), act: () => goWeek(weekMs + DAYS * DAY_MS) },
      ]}
      aside={
        <p className="line">
          <span className="quiet">{say('times', { zone: zoneName(nowMs, zone, lang) })}</span>
          <button
            type="button"
            className="button"
            disabled={!act}
            data-testid="stand-in"
            onClick={() => begin('override')}
          >
            {say('newOverride')} <kbd>i</kbd>
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={!act}
            data-testid="new-shift"
            title={mayWrite ? (online ? '' : common('offline')) : common('readOnly')}
            onClick={() => begin('shift')}
          >
            {say('newShift')} <kbd>n</kbd>
          </button>
        </p>
      }
    >
      <p role="alert" className="refused">
        {refused.text || (failed ? common('noServer') : '')}
      </p>
      <Warnings warnings={shifts.data?.warnings ?? []} posts={posts} />
      <NowTable rows={onNow(weekRows(near.data?.segments ?? []), nowMs)} posts={posts} load={load.data} />
      <section className="card week-card">
        <div className="line">
          <h2>{say('week')}</h2>
          <button type="button" className="button" onClick={() => goWeek(weekMs - DAYS * DAY_MS)}>
            ← {say('previous')}
          </button>
          <button type="button" className="button" onClick={() => goWeek(null)}>
            {say('today')}
          </button>
          <button type="button" className="button" onClick={() => goWeek(weekMs + DAYS * DAY_MS)}>
            {say('next')} →
          </button>
          <label className="check-line">
            <input type="checkbox" checked={allPosts} onChange={(event) => setAllPosts(event.target.checked)} />
            {say('allPosts')}
          </label>
        </div>
        <WeekGrid rows={shown} weekMs={weekMs} nowMs={nowMs} posts={posts} onPick={act ? pick : null} />
      </section>
      <Overrides duty={duty.data} posts={posts} onEnd={act ? endOverride : null} />
      {draft === null ? null : (
        <ShiftDialog
          draft={draft}
          posts={ownPosts}
          people={known.data?.people ?? null}
          onClose={() => setDraft(null)}
          onDone={done}
        />
      )}
    </PageFrame>
  );
}

function Warnings(props: {
  readonly warnings: readonly ShiftWarning[];
  readonly posts: ScheduleReply['posts'];
}): ReactElement | null {
  const { say } = useRosterWords();
  const { postName, when, until } = useNames(props.posts);
  if (props.warnings.length === 0) return null;
  return (
    <section className="card" data-testid="warnings" role="status">
      <h2>{say('warnings', { n: props.warnings.length })}</h2>
      <ul>
        {props.warnings.map(({ kind, post, role, fromMs, toMs, person, shifts }) => (
          <li key={`${kind}${shifts.join()}${fromMs}`} data-kind={kind}>
            {say(kind, {
              post: postName(post),
              role,
              from: when(fromMs),
              to: until(toMs, fromMs),
              who: person ?? say('nobody'),
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Overrides(props: {
  readonly duty: DutyReply | null;
  readonly posts: ScheduleReply['posts'];
  readonly onEnd: ((id: string) => void) | null;
}): ReactElement {
  const { duty, posts, onEnd } = props;
  const { say } = useRosterWords();
  const { postName, when, until } = useNames(posts);
  const list = duty?.overrides ?? [];
  return (
    <section className="card" data-testid="overrides">
      <h2>{say('overrides')}</h2>
      {list.length === 0 ? <p className="quiet">{say('noOverrides')}</p> : null}
      <ul className="override-list">
        {list.map(({ id, person, post, role, startsAt, endsAt, comment, createdBy }) => (
          <li key={id} className="line" data-testid={`override-${id}`}>
            <b>
              {say('overrideLine', {
                who: person,
                post: postName(post),
                role,
                from: when(startsAt),
                to: until(endsAt, startsAt),
              })}
            </b>
            <span>{comment}</span>
            <span className="quiet">{say('byWhom', { who: createdBy })}</span>
            <button
              type="button"
              className="button"
              disabled={onEnd === null}
              data-testid="end-override"
              onClick={() => onEnd?.(id)}
            >
              {say('endNow')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
