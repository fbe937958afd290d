import type { ReactElement } from 'react';
import { TIERS } from '#contract/tiers';
import { useDeskWords } from '../../i18n/desk-words.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useOff } from './acts.ts';
import { placeLabels, titleOf } from './alert-words.ts';
import { CommandButton } from './CommandButton.tsx';
import { byUrgency, type GroupRowModel } from './list-model.ts';

const SHOWN = 20;

/** A storm as one thing: how many of which tier, how many nobody has, and one press for all of them. */
export function GroupDetail({
  group,
  onTake,
  onOpen,
  onSilence,
  onChoose,
}: {
  group: GroupRowModel;
  onTake: () => void;
  onOpen: () => void;
  onSilence: () => void;
  onChoose: (id: string) => void;
}): ReactElement {
  const { say, lang } = useDeskWords();
  const blocked = useOff();
  const campaign = useConsole((state) => state.campaign);
  const off: DeskKey | null = blocked === null ? null : `off.${blocked}`;
  const sorted = [...group.alerts].sort(byUrgency);
  const [first] = sorted;
  return (
    <>
      <header className="detail-head">
        <div className="detail-what">
          <p className="detail-tier">
            {[...TIERS].reverse().map((tier) => {
              const count = group.alerts.filter((alert) => alert.tier === tier).length;
              return count === 0 ? null : (
                <span key={tier} className="tier-count">
                  <TierMark tier={tier} />
                  {count}
                </span>
              );
            })}
            <span className="quiet">{say('row.stormUnowned', { n: group.unownedCount })}</span>
          </p>
          <h1 tabIndex={-1} id="detail-title" data-testid="detail-title">
            ×{group.alerts.length} {first === undefined ? group.rule : titleOf(first, lang)}
          </h1>
        </div>
        <div className="detail-commands">
          <CommandButton
            verb="acknowledgeGroup"
            words="do.acknowledgeGroup"
            off={off ?? (group.unownedCount === 0 ? 'told.nothing' : null)}
            main
            onPress={onTake}
          />
          <CommandButton verb="silence" words="do.silence" off={off} onPress={onSilence} />
          <CommandButton verb="open" words={group.open ? 'phone.close' : 'phone.open'} off={null} onPress={onOpen} />
        </div>
      </header>
      <section className="desk-card">
        <ul className="related">
          {sorted.slice(0, SHOWN).map((alert) => (
            <li key={alert.id}>
              <button type="button" className="related-open" onClick={() => onChoose(alert.id)}>
                <TierMark tier={alert.tier} />
                <span>
                  {placeLabels(alert, lang, campaign)
                    .map(([, value]) => value)
                    .join(' · ') || titleOf(alert, lang)}
                </span>
                <span className="quiet">{alert.owner?.name ?? say('row.unowned')}</span>
              </button>
            </li>
          ))}
        </ul>
        {sorted.length > SHOWN ? <p className="quiet">{say('phone.showMore', { n: sorted.length - SHOWN })}</p> : null}
      </section>
    </>
  );
}
