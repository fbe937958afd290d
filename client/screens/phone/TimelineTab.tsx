import { type FormEvent, type ReactElement, useState } from 'react';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { post } from '../../net/command.ts';
import { clockTime } from '../../numbers/time.ts';
import { entryWords } from '../../panels/TimelineLine.tsx';
import { useConsole } from '../../state/console-store.ts';
import { refusalWords, useOff } from '../desk/acts.ts';

const SHOWN = 100;

/** What people and rules did, newest first, and a note of one's own. */
export default function TimelineTab(): ReactElement {
  const { say, lang } = useDeskWords();
  const entries = useConsole((state) => state.timeline.entries);
  const campaign = useConsole((state) => state.campaign);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const mayNote = useConsole(
    ({ session }) => typeof session === 'object' && session.permissions.includes('timeline.note'),
  );
  const off = useOff();
  const [refused, setRefused] = useState('');
  const send = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text') ?? '').trim();
    if (text === '' || off === 'offline') return;
    setRefused('');
    try {
      await post('/timeline/notes', { text });
      form.reset();
    } catch (error) {
      setRefused(refusalWords(error));
    }
  };
  return (
    <section className="phone-list" data-testid="timeline-tab">
      {mayNote ? (
        <form className="phone-note" onSubmit={(event) => void send(event)}>
          <input name="text" maxLength={500} aria-label={say('phone.note')} placeholder={say('phone.note')} />
          <button type="submit" className="phone-button" disabled={off === 'offline'}>
            {say('phone.send')}
          </button>
        </form>
      ) : null}
      <p role="alert">{refused}</p>
      <ul className="phone-entries">
        {entries
          .slice(-SHOWN)
          .reverse()
          .map((entry) => (
            <li key={entry.seq}>
              <time className="quiet">{clockTime(entry.atMs, zone)}</time> {entryWords(entry, lang, campaign)}
            </li>
          ))}
      </ul>
    </section>
  );
}
