import { type ReactElement, useEffect, useState } from 'react';
import type { FrameAlerts } from '#contract/frames';
import { TIERS } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import { againstLine } from '../screens/desk/alert-words.ts';
import { useConsole } from '../state/console-store.ts';
import { useFormat } from '../state/use-figure.ts';
import { useSame } from '../state/use-same.ts';
import { createAnnouncer } from './announce.ts';
import { useRoomWords } from './room-words.ts';
import { rowTitle, usePlace } from './take-over.ts';

const countsOf = ({ openCount }: FrameAlerts): string =>
  TIERS.toReversed()
    .map((tier) => openCount[tier] ?? 0)
    .join();

/**
 * What a screen says aloud: a red alert that nobody has taken once, as an alert; how many others there are batched, at most once in
 * five seconds. One for a page.
 */
export function Announce(): ReactElement {
  const { t } = useT();
  const { say, lang } = useRoomWords();
  const format = useFormat();
  const red = useSame((state) => state.frame?.alerts.takeOver?.alert);
  const place = usePlace(red);
  const [alarm, setAlarm] = useState({ id: '', words: '' });
  const [status, setStatus] = useState('');
  const id = red?.id ?? '';
  // Names of places come with the campaign: saying it before would say it twice.
  const named = useConsole((state) => state.campaign !== null);
  // Said once for each alert: its numbers move, its words do not.
  useEffect(() => {
    if (!named) return;
    const what = red === undefined ? '' : `${rowTitle(red, lang)} ${place}`.trim();
    // an alert from elsewhere may have no number
    const number = red === undefined ? null : againstLine(red, format);
    const told = number === null ? what : `${what}${lang === 'zh' ? '。' : '. '}${number}`;
    const words = red === undefined ? '' : say('spoken', { what: told });
    setAlarm((had) => (had.id === id && had.words !== '' ? had : { id, words }));
  }, [id, named]);
  useEffect(() => {
    const announcer = createAnnouncer(setStatus);
    let before = '';
    const stop = useConsole.subscribe(({ frame }) => {
      if (frame === null || frame.alerts.state === 'off') return;
      const counts = countsOf(frame.alerts);
      if (counts === before) return;
      before = counts;
      const list = TIERS.toReversed().flatMap((tier) => {
        const n = frame.alerts.openCount[tier] ?? 0;
        return n > 0 ? [say('one', { tier: t(`tier.${tier}`), n })] : [];
      });
      announcer.offer(
        list.length === 0 ? t('strip.none') : say('counts', { list: list.join(', ') }),
        performance.now(),
      );
    });
    return () => {
      stop();
      announcer.stop();
    };
  }, [lang]);
  return (
    <>
      <div role="alert" className="sr-only" data-testid="spoken-alert">
        {alarm.words}
      </div>
      <div role="status" className="sr-only" data-testid="spoken-status">
        {status}
      </div>
    </>
  );
}
