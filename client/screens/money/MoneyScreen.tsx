import { type ReactElement, useState, useSyncExternalStore } from 'react';
import '../../styles/money.css';
import type { AccountId, BudgetAccount, MoveView } from '#contract/budget';
import type { AdviceCard } from '#contract/recommendations';
import { ProofDialog } from '../../panels/ProofDialog.tsx';
import { useConsole } from '../../state/console-store.ts';
import { PageFrame, type PageKey } from '../frame/PageFrame.tsx';
import { AdviceCards } from './AdviceCards.tsx';
import { AlertStripCard } from './AlertStripCard.tsx';
import { Approvals } from './Approvals.tsx';
import { fieldText } from './amounts.ts';
import { ChangeBar } from './ChangeBar.tsx';
import { ChannelTable } from './ChannelTable.tsx';
import { CurvesCard } from './CurvesCard.tsx';
import { changeSet, type Rows } from './change-set.ts';
import { DriftDialog } from './DriftDialog.tsx';
import { hasDrift } from './drift.ts';
import { EmergencyDialog, type EmergencyStart } from './EmergencyDialog.tsx';
import { balanced, type Edits, stepped } from './edits.ts';
import { FreezeBanner, FreezeDialog } from './Freezes.tsx';
import { HeadTiles } from './HeadTiles.tsx';
import { LedgerView } from './LedgerView.tsx';
import { LimitsDialog } from './LimitsDialog.tsx';
import { MovesList } from './MovesList.tsx';
import { PreviewDialog } from './PreviewDialog.tsx';
import { takenFor } from './requests.ts';
import { type Desk, useMoney } from './use-money.ts';
import { sentWords, useMoneyText } from './use-money-text.ts';
import type { PreviewAsk } from './use-preview.ts';
import { WaterfallCard } from './WaterfallCard.tsx';
import { useMoneyWords } from './words.ts';

/** One column: what waits for a word of somebody comes first, as it does in a pocket. */
const NARROW = '(max-width: 860px)';
const useNarrow = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const media = matchMedia(NARROW);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(NARROW).matches,
  );
const NOBODY: Rows = new Map();
const NO_ACCOUNTS: Desk['accounts'] = new Map();

/** The marketing desk: where the money is, where it would earn more, and moving it there safely. */
export default function MoneyScreen(): ReactElement {
  const { say } = useMoneyWords();
  const { desk, failed } = useMoney();
  const [edits, setEdits] = useState<Edits>({});
  const [ask, setAsk] = useState<PreviewAsk | null>(null);
  const [limits, setLimits] = useState<BudgetAccount | null>(null);
  const [emergency, setEmergency] = useState<EmergencyStart | null>(null);
  const [freezing, setFreezing] = useState(false);
  const [sent, setSent] = useState<MoveView | null>(null);
  const sentNow = desk?.moves.find(({ id }) => id === sent?.id) ?? sent;
  const [drift, setDrift] = useState<AccountId | null>(null);
  const [ledger, setLedger] = useState(false);
  const set = changeSet(edits, desk?.accounts ?? NOBODY);
  const preview = (): void => {
    if (desk !== null && desk.off === '' && set.legs !== null)
      setAsk({ kind: 'changes', legs: set.legs, expected: set.expected });
  };
  const take = (card: AdviceCard): void => {
    if (desk?.off === '') setAsk({ kind: 'card', card });
  };
  const first = desk?.advice?.cards.find((card) => card.expiresAt > desk.nowMs && takenFor(card, desk.moves) === null);
  const toEmergency = (): void => {
    if (desk?.off === '') setEmergency({ what: 'draw', channel: null, amount: '' });
  };
  /** What was typed as a move out of the reserve, as an emergency. */
  const asEmergency = (): void => {
    if (desk === null || ask?.kind !== 'changes') return;
    const leg = ask.legs.find(({ from }) => desk.accounts.get(from)?.kind === 'reserve');
    setAsk(null);
    if (leg !== undefined)
      setEmergency({ what: 'draw', channel: leg.to, amount: fieldText(leg.amountMinor, desk.unit) });
  };
  const mayFreeze = desk?.may.freeze === true;
  const drifted = mayFreeze ? desk.channels.find(({ platform }) => platform !== null && hasDrift(platform)) : undefined;
  const text = useMoneyText(desk?.accounts ?? NO_ACCOUNTS);
  const poolName = text.name(desk?.pool?.id ?? '');
  const toPool = (): void => {
    if (desk !== null && desk.off === '' && desk.pool !== null && set.sumMinor !== 0) {
      const { pool, unit } = desk;
      setEdits((had) => balanced(had, pool, unit, set.sumMinor));
    }
  };
  // the brake works while the ledger is frozen, and never into an empty line
  const brakeOff = desk === null || desk.budget.ledgerFrozen !== null ? '' : desk.off;
  const keys: PageKey[] = [
    { key: 'j', words: say('keyNext'), act: () => stepField(1) },
    { key: 'k', words: say('keyBefore'), act: () => stepField(-1) },
    { key: 'v', words: say('keyPreview'), act: preview },
    ...(desk === null || desk.pool === null
      ? []
      : [{ key: 'b', words: say('keyPool', { pool: poolName }), act: toPool }]),
    { key: 'z', words: say('keyUndo'), act: () => setEdits({}) },
    { key: 'c', words: say('keyCard'), act: () => first && take(first) },
    { key: 'a', words: say('keyInbox'), act: toInbox },
    { key: 'e', words: say('keyEmergency'), act: toEmergency },
    { key: 'l', words: say('keyLimits'), act: () => setLimits(focusedChannel(desk)) },
    { key: 'y', words: say('keyLedger'), act: () => setLedger((had) => !had) },
    ...(drifted ? [{ key: 'd', words: say('keyDrift'), act: () => desk?.off === '' && setDrift(drifted.id) }] : []),
    ...(mayFreeze ? [{ key: 'f', words: say('keyFreeze'), act: () => brakeOff === '' && setFreezing(true) }] : []),
  ];
  return (
    <PageFrame
      id="money"
      title={say('title')}
      view="desk:marketing"
      keys={keys}
      aside={
        <span className="line">
          <button
            type="button"
            className="button"
            aria-expanded={ledger}
            data-testid="toggle-ledger"
            onClick={() => setLedger(!ledger)}
          >
            {say(ledger ? 'hideLedger' : 'showLedger')} <kbd>y</kbd>
          </button>
          {mayFreeze ? (
            <button
              type="button"
              className="button"
              disabled={brakeOff !== ''}
              title={brakeOff}
              data-testid="freeze"
              onClick={() => setFreezing(true)}
            >
              {say('freeze')} <kbd>f</kbd>
            </button>
          ) : null}
        </span>
      }
    >
      <p role="status" className="money-sent" data-testid="sent">
        {desk === null || sentNow === null ? '' : say('sent', sentWords(sentNow, text))}
      </p>
      {desk === null ? (
        <p role="status">{failed ? say('network') : '…'}</p>
      ) : (
        <Body
          desk={desk}
          edits={edits}
          onEdits={(change) => setEdits(change)}
          set={set}
          ledger={ledger}
          onPreview={preview}
          onTake={take}
          onUndo={(move) => setAsk({ kind: 'undo', move })}
          onLimits={setLimits}
          onEmergency={toEmergency}
          onPool={toPool}
          onDrift={({ id }) => setDrift(id)}
        />
      )}
      {desk !== null && ask !== null ? (
        <PreviewDialog
          ask={ask}
          kind={ask.kind}
          desk={desk}
          onEmergency={asEmergency}
          onClose={() => setAsk(null)}
          onSent={(move) => {
            setSent(move);
            if (ask.kind === 'changes') setEdits({});
            setAsk(null);
          }}
        />
      ) : null}
      {desk !== null && limits !== null ? (
        <LimitsDialog
          account={limits}
          desk={desk}
          onClose={() => setLimits(null)}
          onSent={(move) => {
            setSent(move);
            setLimits(null);
          }}
        />
      ) : null}
      {desk !== null && emergency !== null ? (
        <EmergencyDialog
          start={emergency}
          desk={desk}
          onClose={() => setEmergency(null)}
          onSent={(move) => {
            setSent(move);
            setEmergency(null);
          }}
        />
      ) : null}
      {desk !== null && drift !== null ? (
        <DriftDialog account={drift} desk={desk} onClose={() => setDrift(null)} />
      ) : null}
      {desk !== null && freezing ? <FreezeDialog desk={desk} onClose={() => setFreezing(false)} /> : null}
      <ProofDialog />
    </PageFrame>
  );
}

function Body(props: {
  readonly desk: Desk;
  readonly edits: Edits;
  readonly onEdits: (change: (edits: Edits) => Edits) => void;
  readonly set: ReturnType<typeof changeSet>;
  readonly ledger: boolean;
  readonly onPreview: () => void;
  readonly onTake: (card: AdviceCard) => void;
  readonly onUndo: (move: MoveView) => void;
  readonly onLimits: (account: BudgetAccount) => void;
  readonly onEmergency: () => void;
  readonly onPool: () => void;
  readonly onDrift: (account: BudgetAccount) => void;
}): ReactElement {
  const { desk, edits, onEdits, set, ledger, onPreview, onTake, onUndo, onLimits, onEmergency, onPool, onDrift } =
    props;
  const narrow = useNarrow();
  const scale = useConsole((state) => state.wallScale);
  const text = useMoneyText(desk.accounts);
  const put = ({ legs }: AdviceCard): void =>
    onEdits((had) =>
      legs.reduce((edited, { from, to, amountMinor }) => {
        const [giver, taker] = [desk.accounts.get(from), desk.accounts.get(to)];
        if (giver === undefined || taker === undefined) return edited;
        return stepped(stepped(edited, giver, desk.unit, -amountMinor), taker, desk.unit, amountMinor);
      }, had),
    );
  const table = (
    <ChannelTable
      key="table"
      desk={desk}
      edits={edits}
      onEdits={onEdits}
      onLimits={onLimits}
      onEmergency={onEmergency}
      onDrift={onDrift}
    />
  );
  const bar = <ChangeBar key="bar" desk={desk} set={set} onEdits={onEdits} onPreview={onPreview} onPool={onPool} />;
  const cards = <AdviceCards key="cards" desk={desk} onTake={onTake} onPut={put} />;
  const inbox = <Approvals key="inbox" desk={desk} onDrift={onDrift} />;
  const moves = <MovesList key="moves" desk={desk} onUndo={onUndo} />;
  const alerts = <AlertStripCard key="alerts" desk={desk} />;
  const fall = <WaterfallCard key="fall" desk={desk} />;
  const curves = <CurvesCard key="curves" desk={desk} />;
  const lines = ledger ? <LedgerView key="ledger" desk={desk} /> : null;
  const tiles = <HeadTiles key="tiles" desk={desk} />;
  return (
    <div className="money" data-lang={text.lang} data-off={desk.off !== ''} data-scale={scale}>
      <FreezeBanner desk={desk} />
      {narrow ? (
        <div className="money-column">{[inbox, tiles, cards, table, bar, moves, alerts, fall, curves, lines]}</div>
      ) : (
        <>
          {tiles}
          <div className="money-columns">
            <div className="money-column">{[table, bar, moves, fall, lines]}</div>
            <div className="money-column">{[inbox, cards, curves, alerts]}</div>
          </div>
        </>
      )}
    </div>
  );
}

/** The field of the next channel, or of the one before. */
function stepField(by: 1 | -1): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>('[data-money-field]')];
  const at = fields.indexOf(document.activeElement as HTMLInputElement);
  const next = at < 0 ? (by > 0 ? 0 : fields.length - 1) : (at + by + fields.length) % fields.length;
  fields[next]?.focus();
}
/** The channel whose field has the keyboard, or the first. */
function focusedChannel(desk: Desk | null): BudgetAccount | null {
  if (desk === null || desk.off !== '' || !desk.may.request) return null;
  const row = document.activeElement?.closest('tr')?.getAttribute('data-testid') ?? '';
  return desk.channels.find(({ id }) => row === `row-${id}`) ?? desk.channels[0] ?? null;
}
function toInbox(): void {
  const box = document.getElementById('inbox');
  const first = box?.querySelector<HTMLElement>('[data-mine="true"] button, [data-own="true"] button');
  (first ?? box)?.focus();
  box?.scrollIntoView({ block: 'nearest' });
}
