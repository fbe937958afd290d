import { type ReactElement, useEffect, useRef, useState } from 'react';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { useT } from '../../i18n/t.ts';
import { useListed } from '../../state/use-alert-feed.ts';
import { titleOf } from './alert-words.ts';

/** Spoken lines about all but red alerts come at most this often, ms. */
const QUIET_MS = 5_000;

/** For whoever hears the screen: each red alert once and at once, the others counted, one line in five seconds. */
export function Announcer(): ReactElement {
  const { say, lang } = useDeskWords();
  const { t } = useT();
  const listed = useListed();
  const known = useRef<Map<string, Tier> | null>(null);
  const waiting = useRef({ count: 0, tier: 'blue' as Tier });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const [red, setRed] = useState('');
  const [others, setOthers] = useState('');
  useEffect(() => {
    if (!listed.known) return;
    const before = known.current;
    known.current = new Map([...listed.byId].map(([id, { tier }]) => [id, tier]));
    const reds: string[] = [];
    for (const [id, alert] of listed.byId) {
      const was = before?.get(id);
      if (alert.tier === 'red' && was !== 'red') reds.push(titleOf(alert, lang));
      else if (before !== null && was === undefined) {
        waiting.current.count += 1;
        if (TIER_RANK[alert.tier] > TIER_RANK[waiting.current.tier]) waiting.current.tier = alert.tier;
      }
    }
    if (reds.length > 0) setRed(reds.slice(0, 3).join(' · '));
    if (waiting.current.count === 0 || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      const { count, tier } = waiting.current;
      waiting.current = { count: 0, tier: 'blue' };
      setOthers(say('say.many', { n: count, tier: t(`tier.${tier}`) }));
    }, QUIET_MS);
  }, [listed, lang, say, t]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return (
    <div className="sr-only">
      <p role="alert" data-testid="say-red">
        {red === '' ? '' : say('say.red', { what: red })}
      </p>
      <p role="status" data-testid="say-others">
        {others}
      </p>
    </div>
  );
}
