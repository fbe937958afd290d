import { type ReactElement, useState } from 'react';
import '../../styles/oncall.css';
import type { Alert, AlertReply } from '#contract/alerts';
import { useDeskWords } from '../../i18n/desk-words.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { Dialog, DialogExit } from '../../panels/Dialog.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useListed } from '../../state/use-alert-feed.ts';
import { useFeedFreshness } from '../../state/use-ticked.ts';
import { AskDialog } from '../desk/AskDialog.tsx';
import { takeAlerts, useOff } from '../desk/acts.ts';
import { placeLabels, titleOf } from '../desk/alert-words.ts';
import type { AskKind } from '../desk/ask.ts';
import { Facts } from '../desk/Facts.tsx';
import { HistoryList } from '../desk/HistoryList.tsx';
import { SilenceDialog } from '../desk/SilenceDialog.tsx';
import { useDetail } from '../desk/use-detail.ts';
import { Why } from '../desk/Why.tsx';
import type { Loaded } from '../frame/use-loaded.ts';

const ACTS: readonly (readonly [AskKind, DeskKey])[] = [
  ['acknowledge', 'do.acknowledgeNote'],
  ['note', 'do.note'],
  ['escalate', 'do.escalate'],
  ['assign', 'do.assign'],
  ['silence', 'do.silence'],
  ['resolve', 'do.resolve'],
];

/** One alert, by the id that a page's link or a card names; one that is over is read, too. */
export default function Sheet({ id, onClose }: { id: string; onClose: () => void }): ReactElement {
  const { say } = useDeskWords();
  const listed = useListed().byId.get(id);
  const detail = useDetail({ id, version: listed?.version ?? 0 });
  const alert = listed ?? detail.data?.alert;
  if (alert !== undefined) return <Whole alert={alert} detail={detail} onClose={onClose} />;
  const { failed } = detail;
  return (
    <Dialog
      id="sheet"
      title={say('detail.label')}
      aside={<DialogExit words={say('do.close')} className="phone-button" />}
      className="phone-sheet"
      onClose={onClose}
    >
      <p role="status">
        {failed === null
          ? say('detail.loading')
          : say(failed.code === 'not_found' ? 'detail.gone' : 'detail.failed', { code: failed.code })}
      </p>
    </Dialog>
  );
}

/** Everything else of it, from below: what can be done, what it costs, what happened, who was called. */
function Whole({
  alert,
  detail,
  onClose,
}: {
  alert: Alert;
  detail: Loaded<AlertReply>;
  onClose: () => void;
}): ReactElement {
  const { say, lang } = useDeskWords();
  const listed = useListed();
  const link = useFeedFreshness([]);
  const blocked = useOff();
  const off = blocked ?? (alert.endsAt === null ? null : 'over');
  const campaign = useConsole((state) => state.campaign);
  const [asked, setAsked] = useState<AskKind | null>(null);
  const read = detail.data?.alert;
  const shown: Alert =
    read === undefined ? alert : { ...alert, costMinor: read.costMinor, costMinorPerMinute: read.costMinorPerMinute };
  const group = [...listed.byId.values()].filter((each) => each.group === alert.group && each.handling === 'open');
  return (
    <Dialog
      id="sheet"
      title={titleOf(alert, lang)}
      aside={<DialogExit words={say('do.close')} className="phone-button" />}
      className="phone-sheet"
      onClose={onClose}
    >
      {alert.annotations.description ? <p>{alert.annotations.description}</p> : null}
      <p className="quiet">
        {placeLabels(alert, lang, campaign)
          .map(([name, value]) => `${name} ${value}`)
          .join(' · ')}
      </p>
      <div className="phone-acts">
        {group.length > 1 ? (
          <button
            type="button"
            className="phone-button phone-main"
            disabled={off !== null}
            onClick={() => {
              onClose();
              void takeAlerts(group);
            }}
          >
            {say('do.acknowledgeGroup')} ({group.length})
          </button>
        ) : null}
        {ACTS.map(([kind, words]) => (
          <button
            key={kind}
            type="button"
            className="phone-button"
            disabled={off !== null}
            data-testid={`act-${kind}`}
            onClick={() => setAsked(kind)}
          >
            {say(words)}
          </button>
        ))}
      </div>
      {off === null ? null : <p className="phone-off">{say(`off.${off}`)}</p>}
      <Facts alert={shown} raisedAt={null} explanation={detail.data?.explanation ?? []} link={link} />
      <Why explanation={detail.data?.explanation ?? []} />
      <section className="desk-card">
        <h2>{say('history.title')}</h2>
        <HistoryList history={detail.data?.history ?? []} unit={alert.unit} />
      </section>
      {asked === null ? null : asked === 'silence' ? (
        <SilenceDialog alert={alert} onClose={() => setAsked(null)} />
      ) : (
        <AskDialog kind={asked} alert={alert} onClose={() => setAsked(null)} />
      )}
    </Dialog>
  );
}
