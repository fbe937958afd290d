import type { ReactElement } from 'react';
import type { DutySegment, LoadReply, PersonLoad, ScheduleReply } from '#contract/duty';
import { useNames } from './use-names.ts';
import type { OnNow } from './week.ts';
import { useRosterWords } from './words.ts';

/** Pages in an hour from which somebody needs relief rather than another page. */
const TIRED_COUNT = 5;

/** Who is on now, until when, who comes next, and how often they were called. */
export function NowTable(props: {
  readonly rows: readonly OnNow[];
  readonly posts: ScheduleReply['posts'];
  readonly load: LoadReply | null;
}): ReactElement {
  const { rows, posts, load } = props;
  const { say } = useRosterWords();
  const { postName } = useNames(posts);
  const loadOf = (person: string | null | undefined): PersonLoad | undefined =>
    load?.people.find((each) => each.person === person);
  return (
    <section className="card" data-testid="on-now">
      <h2>{say('now')}</h2>
      {load !== null && !load.complete ? <p className="quiet">{say('loadCut')}</p> : null}
      <ul className="on-now">
        {rows.map(({ post, a, b, nextA, nextB }) => (
          <li key={post} data-testid={`on-${post}`}>
            <h3>{postName(post)}</h3>
            <p>
              <span className="on-role">{say('roleA')}</span>
              <Holder segment={a} next={nextA} load={loadOf(a?.person)} posts={posts} />
            </p>
            <p>
              <span className="on-role">{say('roleB')}</span>
              <Holder segment={b} next={nextB} load={loadOf(b?.person)} posts={posts} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Holder(props: {
  readonly segment: DutySegment | null;
  readonly next: DutySegment | null;
  readonly load: PersonLoad | undefined;
  readonly posts: ScheduleReply['posts'];
}): ReactElement {
  const { segment, next, load, posts } = props;
  const { say } = useRosterWords();
  const { when } = useNames(posts);
  if (segment?.person === null || segment === null) return <b>{say('nobody')}</b>;
  const { hourCount = 0, nightCount = 0 } = load ?? {};
  return (
    <span className="holder">
      <b>{segment.person}</b>
      {segment.by === 'roster' ? null : <span className="pill">{say(`by.${segment.by}`)}</span>}
      {hourCount + nightCount > 0 ? (
        <span
          className={hourCount >= TIRED_COUNT ? 'pill pill-strong' : 'pill'}
          title={say('loadTitle', { hour: hourCount, night: nightCount })}
          data-testid={`load-${segment.person}`}
        >
          {[
            ...(hourCount > 0 ? [say('hour', { n: hourCount })] : []),
            ...(nightCount > 0 ? [say('night', { n: nightCount })] : []),
          ].join(' · ')}
        </span>
      ) : null}
      {next === null ? null : (
        <span className="quiet">
          {next.person === segment.person
            ? say('untilSame', { time: when(next.fromMs) })
            : say('until', { time: when(next.fromMs), who: next.person ?? say('nobody') })}
        </span>
      )}
    </span>
  );
}
