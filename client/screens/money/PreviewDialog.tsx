import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import type { MovePreview, MoveView } from '#contract/budget';
import { Dialog, DialogFoot } from '../../panels/Dialog.tsx';
import { HOLD_MS, HoldButton } from '../../panels/HoldButton.tsx';
import { ownReason } from '../../panels/own-reasons.ts';
import { HoldAct } from './HoldAct.tsx';
import { PreviewFacts } from './PreviewFacts.tsx';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';
import { type PreviewAsk, usePreview } from './use-preview.ts';

const TITLES = {
  changes: 'previewTitle',
  card: 'previewTitle',
  undo: 'undoTitle',
  limits: 'limitsTitle',
  emergency: 'emergencyTitle',
} as const;

/**
 * What would happen, who must agree, why; then hold to send. Nothing has been held or written before that. What a form asks for
 * stands above; `ask` is null as long as the form cannot be read, and `wrong` says why.
 */
export function PreviewDialog(props: {
  readonly ask: PreviewAsk | null;
  readonly kind: PreviewAsk['kind'];
  readonly desk: Desk;
  readonly wrong?: string;
  readonly children?: ReactNode;
  /** A move that the reserve would not allow may be asked for as an emergency. */
  readonly onEmergency?: () => void;
  readonly onClose: () => void;
  readonly onSent: (move: MoveView) => void;
}): ReactElement {
  const { ask, kind, desk, wrong = '', children, onEmergency, onClose, onSent } = props;
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const [reason, setReason] = useState(() => (ask === null ? '' : firstReason(ask, text.lang)));
  const { preview, sending, send } = usePreview(ask, desk, onSent);
  const foot = useRef<HTMLSpanElement>(null);
  const off =
    desk.off !== ''
      ? desk.off
      : wrong !== ''
        ? wrong
        : preview === null
          ? ''
          : preview.refusal !== null
            ? [
                say('refused', { why: text.refusal(preview.refusal.code, violated(preview)) }),
                text.still(preview.refusal.allowed),
              ]
                .filter(Boolean)
                .join(' · ')
            : reason.trim() === ''
              ? say('needReason')
              : '';
  const ready = preview !== null && off === '';
  useEffect(() => {
    // a card brings its reason: the next key is the hold itself
    if (ready && kind === 'card') foot.current?.querySelector<HTMLButtonElement>('.hold')?.focus();
  }, [ready, kind]);
  const holdMs = preview?.confirm?.holdMs ?? HOLD_MS;
  const seconds = Math.round(holdMs / 1_000);
  const alone = preview !== null && preview.seats.length === 0;
  const disabled = !ready || sending.busy;
  const act = async (): Promise<void> => {
    if (ready) await send(reason.trim());
  };
  return (
    <Dialog id="preview-dialog" title={say(TITLES[kind])} className="proof money-preview" onClose={onClose}>
      {children}
      {preview === null ? (
        <p role="status">{ask !== null && sending.text === '' ? say('asking') : ''}</p>
      ) : (
        <PreviewFacts preview={preview} text={text} ask={ask} accounts={desk.accounts} moves={desk.moves} />
      )}
      <label className="field">
        {say('reason')}
        <input
          name="reason"
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      </label>
      <DialogFoot
        id="preview"
        refused={sending.text}
        off={off}
        exit={say('back')}
        more={
          onEmergency !== undefined && preview?.refusal?.code === 'reserve_breach' ? (
            <button
              type="button"
              className="button"
              disabled={desk.off !== ''}
              data-testid="to-emergency"
              onClick={onEmergency}
            >
              {say('toEmergency')}
            </button>
          ) : null
        }
      >
        <span ref={foot}>
          {preview?.tier === 'T4' ? (
            <HoldAct
              label={say('holdCut')}
              counting="cutting"
              testId="send"
              disabled={disabled}
              boundTo={preview.terms}
              onSend={act}
            />
          ) : (
            <HoldButton
              label={sending.busy ? say('sending') : say(alone ? 'holdAlone' : 'holdSend', { s: seconds })}
              testId="send"
              holdMs={holdMs}
              disabled={disabled}
              onHeld={() => void act()}
            />
          )}
        </span>
      </DialogFoot>
    </Dialog>
  );
}

/** The bound that refuses it, for its numbers. */
const violated = ({ bounds, refusal }: MovePreview) =>
  bounds.find(({ code, violated: broken }) => broken && code === refusal?.code) ?? {};

/** The request says by itself what moves: a reason that is filled in says only whose idea it was. */
function firstReason({ kind }: PreviewAsk, lang: 'zh' | 'en'): string {
  if (kind === 'undo') return ownReason('undo', lang);
  return kind === 'card' ? ownReason('advice', lang) : '';
}
