import { type ReactElement, useEffect, useState } from 'react';
import type { Alert, AlertHistoryEntry, DutyPerson, PageExplanation } from '#contract/alerts';
import { postName } from '#contract/place-names';
import { TIER_RANK, TIERS, type Tier } from '#contract/tiers';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useT } from '../../i18n/t.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { acknowledge, addNote, assign, escalate, getAlert, getDuty, resolve } from '../../net/alert-commands.ts';
import { RequestFailed } from '../../net/http.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useSending } from '../../panels/use-sending.ts';
import { useAlerts } from '../../state/alerts-store.ts';
import { useConsole } from '../../state/console-store.ts';
import { refusalWords, tellWhoWasCalled, useOff } from './acts.ts';
import { titleOf } from './alert-words.ts';
import type { AskKind } from './ask.ts';
import { type Choice, choicesOf } from './called.ts';
import { HistoryLine } from './HistoryList.tsx';
import { useTold } from './told.ts';

/** Text of one line for the wire, which takes no control characters. */
export const plain = (text: FormDataEntryValue | null): string =>
  String(text ?? '')
    .replace(/\s+/g, ' ')
    .trim();

const TITLE: Readonly<Record<Exclude<AskKind, 'silence'>, DeskKey>> = {
  acknowledge: 'do.acknowledgeNote',
  escalate: 'do.escalate',
  assign: 'do.assign',
  resolve: 'do.resolve',
  note: 'do.note',
};
const REASON_NEEDED: ReadonlySet<AskKind> = new Set(['escalate', 'resolve', 'note']);

/**
 * Asks for what belongs to a command and sends it. It binds to the alert as it was when the dialog opened: when others were
 * faster nothing is submitted, what was typed stays, and what happened meanwhile is shown before it can be sent again.
 */
export function AskDialog({
  kind,
  alert: opened,
  onClose,
}: {
  kind: Exclude<AskKind, 'silence'>;
  alert: Alert;
  onClose: () => void;
}): ReactElement {
  const { say, lang } = useDeskWords();
  const off = useOff();
  const [base, setBase] = useState(opened);
  const sending = useSending((error) => refusalWords(error, say));
  const [meanwhile, setMeanwhile] = useState<readonly AlertHistoryEntry[]>([]);

  const send = async (form: FormData): Promise<string> => {
    const text = plain(form.get('text'));
    const worded = { ...(text === '' ? {} : { comment: text }), version: base.version };
    const { applyAlert } = useAlerts.getState();
    switch (kind) {
      case 'acknowledge':
        applyAlert((await acknowledge(base.id, worded)).alert);
        return say('told.acknowledged', { what: titleOf(base, lang) });
      case 'escalate': {
        const tier = form.get('tier') as Tier | '';
        const { alert } = await escalate(base.id, { ...worded, ...(tier ? { tier } : {}) });
        applyAlert(alert);
        void tellWhoWasCalled(alert);
        return say('told.escalated');
      }
      case 'assign': {
        const who = plain(form.get('person'));
        // people of the roster are known by their names, which are unique
        applyAlert((await assign(base.id, { ...worded, owner: { id: who, name: who } })).alert);
        return say('told.assigned', { who });
      }
      case 'resolve':
        applyAlert((await resolve(base.id, worded)).alert);
        return say('told.resolved');
      case 'note':
        await addNote(base.id, text);
        return say('told.noted');
    }
  };
  const submit = (form: FormData): Promise<boolean> =>
    sending.send(async () => {
      try {
        useTold.getState().tell(await send(form), kind === 'acknowledge' ? { undo: [base.id] } : {});
      } catch (error) {
        if (error instanceof RequestFailed && error.status === 409) {
          const now = await getAlert(base.id).catch(() => null);
          if (now !== null) {
            setMeanwhile(now.history.filter(({ version }) => version > opened.version));
            setBase(now.alert);
          }
        }
        throw error;
      }
      onClose();
    });
  const needed = REASON_NEEDED.has(kind);
  return (
    <FormDialog
      id="ask"
      title={`${say(TITLE[kind])} · ${titleOf(base, lang)}`}
      className="proof ask"
      first="textarea" // what must be typed comes first: everything else is filled in
      submit={say(meanwhile.length > 0 ? 'do.again' : 'do.confirm')}
      exit={say('do.cancel')}
      off={off === null ? '' : say(`off.${off}`)}
      sending={sending}
      onClose={onClose}
      onSubmit={(form) => void submit(form)}
    >
      {kind === 'assign' ? <People alertId={base.id} /> : null}
      {kind === 'escalate' ? <TierChoice from={base.tier} /> : null}
      <label className="ask-field">
        {say(kind === 'note' ? 'ask.note' : needed ? 'ask.reason' : 'ask.comment')}
        <textarea name="text" rows={3} maxLength={2_000} required={needed} />
      </label>
      {meanwhile.length === 0 ? null : (
        <section className="ask-conflict" data-testid="conflict">
          <h3>{say('conflict.title')}</h3>
          <ul className="history">
            {meanwhile.map((entry) => (
              <HistoryLine key={`${entry.version}${entry.type}${entry.at}`} entry={entry} unit={base.unit} />
            ))}
          </ul>
          <p className="quiet">{say('conflict.mine')}</p>
        </section>
      )}
    </FormDialog>
  );
}

function TierChoice({ from }: { from: Tier }): ReactElement {
  const { say } = useDeskWords();
  const { t } = useT();
  return (
    <label className="ask-field">
      {say('ask.tier')}
      <select name="tier" defaultValue="">
        <option value="">{say('ask.tierKeep', { tier: t(`tier.${from}`) })}</option>
        {TIERS.filter((tier) => TIER_RANK[tier] > TIER_RANK[from]).map((tier) => (
          <option key={tier} value={tier}>
            {t(`tier.${tier}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Whom to give it to. Nobody is chosen beforehand: who presses Enter at once pages nobody by mistake. */
function People({ alertId }: { alertId: string }): ReactElement {
  const { say, lang } = useDeskWords();
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const [people, setPeople] = useState<readonly DutyPerson[]>([]);
  const [explanation, setExplanation] = useState<readonly PageExplanation[]>([]);
  useEffect(() => {
    getDuty().then(
      (duty) => setPeople(duty.people),
      () => undefined, // only oneself can be chosen then
    );
    getAlert(alertId).then(
      (reply) => setExplanation(reply.explanation),
      () => undefined, // all are offered as others then
    );
  }, [alertId]);
  const campaign = useConsole((state) => state.campaign);
  const choices = choicesOf(me, people, explanation);
  const option = ({ name, posts }: Choice): ReactElement => (
    <option key={name} value={name}>
      {[name, posts.map(([post, role]) => `${postName(campaign, post, lang)} ${role}`).join(', ')]
        .filter((part) => part !== '')
        .join(' · ')}
    </option>
  );
  return (
    <label className="ask-field">
      {say('ask.person')}
      <select name="person" required defaultValue="">
        <option value="" disabled>
          {say('ask.personChoose')}
        </option>
        {choices.me === null ? null : <optgroup label={say('ask.personMe')}>{option(choices.me)}</optgroup>}
        {choices.called.length === 0 ? null : (
          <optgroup label={say('ask.personCalled')}>{choices.called.map(option)}</optgroup>
        )}
        {choices.others.length === 0 ? null : (
          <optgroup label={say('ask.personOthers')}>{choices.others.map(option)}</optgroup>
        )}
      </select>
    </label>
  );
}
