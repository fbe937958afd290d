import { useEffect, useMemo, useState } from 'react';
import type { AccountId, BudgetAccount, BudgetReply, MovesReply, MoveView, Objective } from '#contract/budget';
import type { Role } from '#contract/permissions';
import type { AdviceReply } from '#contract/recommendations';
import { requestJson } from '../../net/http.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useMay } from '../frame/PageFrame.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { useServerNow } from '../frame/use-now.ts';
import { type MoneyUnit, unitOf } from './amounts.ts';
import { withAnswered } from './requests.ts';
import { useMoneyWords } from './words.ts';

/** Ledger figures are read each 5 s and at every change; older than this nobody decides on them, ms. */
const OLD_MS = 20_000;
const EVERY_MS = 5_000;
/** Answers of commands that are held against the list, which may be older. */
const ANSWERED_KEPT = 20;
const ABOUT = /^(budget|advice)\./;

/** All that the desk shows, and whether anything may be done now. */
export interface Desk {
  readonly budget: BudgetReply;
  readonly accounts: ReadonlyMap<AccountId, BudgetAccount>;
  readonly channels: readonly BudgetAccount[];
  /** Where money that leaves ads goes; null for a campaign without one. */
  readonly pool: BudgetAccount | null;
  readonly moves: readonly MoveView[];
  /** False until they were read once: none is not the same as not known yet. */
  readonly movesKnown: boolean;
  readonly advice: AdviceReply | null;
  readonly objective: Objective;
  readonly setObjective: (objective: Objective) => void;
  readonly unit: MoneyUnit;
  /** Server time, whole seconds, ms. */
  readonly nowMs: number;
  readonly ageMs: number;
  /** Why nothing may be done now; empty when it may. */
  readonly off: string;
  readonly may: {
    readonly request: boolean;
    readonly approve: boolean;
    readonly freeze: boolean;
    readonly lift: boolean;
  };
  readonly me: string;
  readonly role: Role;
  readonly reload: () => void;
  /** What a command answered: shown at once, not with the next reading. */
  readonly told: (move: MoveView | null) => void;
}

const readBudget = (): Promise<BudgetReply> => requestJson('/api/v1/budget');
const readMoves = (): Promise<MovesReply> => requestJson('/api/v1/budget/transfers?limit=100');

export function useMoney(): { readonly desk: Desk | null; readonly failed: boolean } {
  const { say, lang } = useMoneyWords();
  const [objective, setObjective] = useState<Objective>('gmv');
  const budget = useLoaded(readBudget, 'budget', { about: ABOUT, everyMs: EVERY_MS });
  const moves = useLoaded(readMoves, 'moves', { about: ABOUT, everyMs: EVERY_MS });
  const [answered, setAnswered] = useState<readonly MoveView[]>([]);
  const told = (move: MoveView | null): void => {
    if (move !== null) setAnswered((had) => [move, ...had.filter(({ id }) => id !== move.id)].slice(0, ANSWERED_KEPT));
  };
  const advice = useLoaded<AdviceReply>(
    () => requestJson(`/api/v1/budget/recommendation?objective=${objective}`),
    `advice-${objective}`,
    { about: ABOUT, everyMs: EVERY_MS },
  );
  const revision = useConsole((state) => state.frame?.rows.budget?.[0]?.figures.budget_revision?.value ?? null);
  const [again, againMoves] = [budget.reload, moves.reload];
  useEffect(() => {
    if (revision === null) return;
    again();
    againMoves();
  }, [revision, again, againMoves]);
  const nowMs = useServerNow() ?? budget.data?.at ?? 0;
  const offline = useLinkState() === 'offline';
  const me = useConsole((state) => (typeof state.session === 'object' ? state.session.name : ''));
  const role = useConsole((state) => (typeof state.session === 'object' ? state.session.role : 'viewer'));
  const minorPerMajor = useConsole((state) => state.campaign?.minorPerMajor ?? 100);
  const may = {
    request: useMay('budget.request'),
    approve: useMay('budget.approve'),
    freeze: useMay('budget.freeze'),
    lift: useMay('budget.unfreeze'),
  };
  const data = budget.data;
  const known = useMemo(() => {
    const list = data?.accounts ?? [];
    const channels = list.filter(({ kind }) => kind === 'chan');
    const largest = Math.max(0, ...channels.map(({ allocated }) => allocated));
    return {
      accounts: new Map(list.map((one) => [one.id, one])),
      channels,
      pool: list.find(({ id }) => id === data?.channelPool) ?? null,
      unit: unitOf(largest, lang, minorPerMajor),
    };
  }, [data, lang, minorPerMajor]);
  if (data === null) return { desk: null, failed: budget.failed !== null };
  const ageMs = Math.max(0, nowMs - data.at);
  const off = offline
    ? say('offline')
    : ageMs > OLD_MS
      ? say('old')
      : data.ledgerFrozen !== null
        ? say('ledgerFrozen', { reason: data.ledgerFrozen.reason })
        : may.request
          ? ''
          : say('readOnly');
  const reload = (): void => {
    budget.reload();
    moves.reload();
    advice.reload();
  };
  const desk: Desk = {
    budget: data,
    ...known,
    moves: withAnswered(moves.data?.moves ?? [], answered),
    movesKnown: moves.data !== null,
    advice: advice.data,
    objective,
    setObjective,
    nowMs,
    ageMs,
    off,
    may,
    me,
    role,
    reload,
    told,
  };
  return { desk, failed: false };
}
