import { type ReactElement, useState } from 'react';
import { MATCHER_OPS, type Matcher, type MatcherOp } from '#contract/alerts';
import { command } from '../../net/command.ts';
import { nextAt } from '../../numbers/zone.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { nowOfServer, useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { isWhole } from './draft.ts';
import { type EndChoice, EndFields, NO_END } from './EndFields.tsx';
import { MutePreview } from './MutePreview.tsx';
import { useSilenceWords } from './words.ts';

const EMPTY: Matcher = { name: 'alertname', op: '=', value: '' };

/** A new silence: what, how long, why, and which open alerts it would mute now. */
export function NewSilence(props: {
  readonly from: readonly Matcher[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const { say } = useSilenceWords();
  const { say: common } = useFrameWords();
  const zone = useZone();
  const offline = useLinkState() === 'offline';
  const sending = useRefused();
  const [rows, setRows] = useState<readonly (Matcher & { id: number })[]>(() =>
    (props.from.length === 0 ? [EMPTY] : props.from).map((matcher, id) => ({ ...matcher, id })),
  );
  const [end, setEnd] = useState<EndChoice>(NO_END);
  const [from, setFrom] = useState('');
  const [comment, setComment] = useState('');
  const matchers = rows.map(({ name, op, value }) => ({ name, op, value }));
  const whole = matchers.filter(isWhole);
  const change = (id: number, fields: Partial<Matcher>): void =>
    setRows((had) => had.map((row) => (row.id === id ? { ...row, ...fields } : row)));
  const off = offline
    ? common('offline')
    : rows.some(({ value }) => value.includes('"'))
      ? say('noQuotes')
      : whole.length === 0 || whole.length < rows.length
        ? say('needMatcher')
        : end.minutes === null && end.until === ''
          ? say('needEnd')
          : comment.trim() === ''
            ? say('needComment')
            : (end.until !== '' && nextAt(end.until, zone, 0) === null) ||
                (from !== '' && nextAt(from, zone, 0) === null)
              ? say('badTime')
              : '';
  const send = (): void => {
    const nowMs = nowOfServer() ?? Date.now();
    const startsAt = from === '' ? null : nextAt(from, zone, nowMs);
    const endsAt =
      end.minutes === null ? nextAt(end.until, zone, startsAt ?? nowMs) : (startsAt ?? nowMs) + end.minutes * 60_000;
    const body = { matchers: whole, ...(startsAt === null ? {} : { startsAt }), endsAt, comment: comment.trim() };
    void sending.send(() => command('POST', '/silences', body).then(props.onDone));
  };
  return (
    <FormDialog
      id="new-silence"
      title={say('new')}
      submit={say('create')}
      exit={common('cancel')}
      onSubmit={send}
      onClose={props.onClose}
      off={off}
      sending={sending}
    >
      <fieldset className="matchers">
        <legend>{say('matchers')}</legend>
        {rows.map(({ id, name, op, value }, index) => (
          <div className="matcher" key={id}>
            <input
              aria-label={say('name')}
              name={`name-${index}`}
              value={name}
              onChange={(event) => change(id, { name: event.target.value.trim() })}
            />
            <select
              aria-label={say('op')}
              name={`op-${index}`}
              value={op}
              onChange={(event) => change(id, { op: event.target.value as MatcherOp })}
            >
              {MATCHER_OPS.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
            <input
              aria-label={say('value')}
              name={`value-${index}`}
              value={value}
              onChange={(event) => change(id, { value: event.target.value })}
            />
            <button
              type="button"
              className="button"
              aria-label={say('remove')}
              disabled={rows.length === 1}
              onClick={() => setRows((had) => had.filter((row) => row.id !== id))}
            >
              ×
            </button>
          </div>
        ))}
        <button
          type="button"
          className="link-button"
          data-testid="add-matcher"
          onClick={() =>
            setRows((had) => [...had, { name: '', op: '=', value: '', id: Math.max(...had.map((row) => row.id)) + 1 }])
          }
        >
          {say('add')}
        </button>
      </fieldset>
      <MutePreview matchers={whole} />
      <EndFields value={end} onChange={setEnd} />
      <label className="field">
        {say('startLater')}
        <input name="from" value={from} placeholder="" onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className="field">
        {say('comment')}
        <input name="comment" maxLength={500} value={comment} onChange={(event) => setComment(event.target.value)} />
      </label>
    </FormDialog>
  );
}
