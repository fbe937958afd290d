import { type ReactElement, useState } from 'react';
import type { DutyShift, KnownPerson, ScheduleReply } from '#contract/duty';
import { command, newKey } from '../../net/command.ts';
import { RequestFailed } from '../../net/http.ts';
import { fromZoneInput, toZoneInput } from '../../numbers/zone.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { useNames } from './use-names.ts';
import { useRosterWords } from './words.ts';

/** What the form begins with: a shift that is there, or a stretch without one. */
export interface ShiftDraft {
  readonly kind: 'shift' | 'override';
  /** Of the shift that is changed; null: a new one. */
  readonly id: string | null;
  readonly version: number | null;
  readonly post: string;
  readonly role: 'A' | 'B';
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A shift to put or to delete, or somebody to stand in. What somebody else changed meanwhile is shown beside what was typed. */
export function ShiftDialog(props: {
  readonly draft: ShiftDraft;
  readonly posts: ScheduleReply['posts'];
  /** null: not read yet. */
  readonly people: readonly KnownPerson[] | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const { draft, posts, people, onClose, onDone } = props;
  const { say } = useRosterWords();
  const { say: frame } = useFrameWords();
  const { when, until } = useNames(posts);
  const zone = useZone();
  const sending = useRefused();
  const [post, setPost] = useState(draft.post);
  const [role, setRole] = useState(draft.role);
  const [person, setPerson] = useState(draft.person);
  const [from, setFrom] = useState(toZoneInput(draft.fromMs, zone));
  const [to, setTo] = useState(toZoneInput(draft.toMs, zone));
  const [comment, setComment] = useState('');
  const [version, setVersion] = useState(draft.version);
  const [theirs, setTheirs] = useState<DutyShift | 'gone' | null>(null);
  const [meant, setMeant] = useState(false);
  const [badTimes, setBadTimes] = useState(false);
  const [id] = useState(() => draft.id ?? `s-${newKey().slice(0, 12)}`);
  const isOverride = draft.kind === 'override';
  const startsAt = fromZoneInput(from, zone);
  const endsAt = fromZoneInput(to, zone);
  const found = people?.find(({ name }) => name === person.trim());
  const unknown = people !== null && person.trim() !== '' && found === undefined;
  const off =
    person.trim() === ''
      ? say('needPerson')
      : startsAt === null || endsAt === null || endsAt <= startsAt
        ? say('needTimes')
        : isOverride && comment.trim() === ''
          ? say('needReason')
          : unknown && !meant
            ? say('needKnown')
            : '';
  const failed = (error: unknown): never => {
    setBadTimes(error instanceof RequestFailed && error.code === 'silence_times');
    if (error instanceof RequestFailed && error.code === 'version_conflict') {
      const found = (error.problem?.theirs ?? null) as DutyShift | null;
      setTheirs(found ?? 'gone');
      setVersion(found?.version ?? null);
    }
    throw error;
  };
  const send = (): void => {
    const fields = { post, role, person: person.trim(), startsAt, endsAt, ...(unknown ? { unknown } : {}) };
    const sent = (): Promise<unknown> =>
      isOverride
        ? command('POST', '/duty/overrides', { ...fields, comment: comment.trim() })
        : command('PUT', `/duty/shifts/${encodeURIComponent(id)}`, {
            ...fields,
            ...(version === null ? {} : { version }),
          });
    void sending.send(() => sent().then(onDone, failed));
  };
  const remove = (): void => {
    const path = `/duty/shifts/${encodeURIComponent(id)}?version=${version ?? 1}`;
    void sending.send(() => command('DELETE', path).then(onDone, failed));
  };
  const title = isOverride ? say('newOverride') : say(draft.id === null ? 'newShift' : 'editShift');
  return (
    <FormDialog
      id="shift"
      title={title}
      submit={title}
      exit={frame('cancel')}
      off={off}
      sending={sending}
      refused={theirs !== null || sending.text === '' ? '' : badTimes ? say('refused.times') : sending.text}
      onClose={onClose}
      onSubmit={send}
    >
      <label className="field">
        {say('post')}
        <select name="post" value={post} onChange={(event) => setPost(event.target.value)}>
          {posts.map((each) => (
            <option key={each.id} value={each.id}>
              <PostName post={each} />
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {say('role')}
        <select name="role" value={role} onChange={(event) => setRole(event.target.value as 'A' | 'B')}>
          <option value="A">{say('roleA')}</option>
          <option value="B">{say('roleB')}</option>
        </select>
      </label>
      <label className="field">
        {say('person')}
        <input
          name="person"
          list="roster-people"
          maxLength={128}
          value={person}
          onChange={(event) => {
            setPerson(event.target.value);
            setMeant(false);
          }}
        />
        <datalist id="roster-people">
          {(people ?? []).map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <p className="quiet" data-testid="reach" role="status">
        {unknown
          ? say('reach.unknown', { who: person.trim() })
          : found === undefined
            ? ''
            : say(found.contact ? 'reach.contact' : found.account ? 'reach.account' : 'reach.room')}
      </p>
      {unknown ? (
        <label className="check-line">
          <input type="checkbox" name="unknown" checked={meant} onChange={(event) => setMeant(event.target.checked)} />
          {say('reach.meant')}
        </label>
      ) : null}
      <label className="field">
        {say('start')}
        <input type="datetime-local" name="from" value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className="field">
        {say('end')}
        <input type="datetime-local" name="to" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      {isOverride ? (
        <label className="field">
          {say('reason')}
          <input name="comment" maxLength={500} value={comment} onChange={(event) => setComment(event.target.value)} />
        </label>
      ) : null}
      {theirs === null ? null : (
        <p role="alert" className="refused" data-testid="theirs">
          {theirs === 'gone'
            ? say('theirsGone')
            : say('theirs', {
                who: theirs.person,
                from: when(theirs.startsAt),
                to: until(theirs.endsAt, theirs.startsAt),
              })}
        </p>
      )}
      {draft.id !== null && !isOverride ? (
        <p>
          <button type="button" className="button" data-testid="delete-shift" onClick={remove}>
            {say('deleteShift')}
          </button>
        </p>
      ) : null}
    </FormDialog>
  );
}

function PostName({ post }: { post: ScheduleReply['posts'][number] }): string {
  const { lang } = useRosterWords();
  return post[lang];
}
