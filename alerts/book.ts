import { type AlertTally, isListed, tallyOf } from '#contract/alert-tally';
import type { Alert, AlertPage, Silence, SilenceView, Suppression } from '#contract/alerts';
import type { FrameAlerts } from '#contract/frames';
import type { TakeOver } from '#contract/room';
import type { Position } from '#contract/timeline';
import type { Log } from '../server/room/log.ts';
import { rowOf } from './alert-row.ts';
import type { Cost } from './costs.ts';
import { isFlapping } from './domain/flap.ts';
import { isWatchdog } from './domain/handling.ts';
import { type InhibitRule, inhibitIndex } from './domain/inhibit.ts';
import { byUrgency, isOpen } from './domain/order.ts';
import { silencedBy, silenceState } from './domain/silence.ts';
import { type AlertRecord, alertOf } from './record.ts';
import type { AlertStore, AlertsTold } from './store.ts';
import { foldStorms, leftAfterEscalation, NONE, sameSuppression } from './suppression.ts';

/** Changes kept for screens that come back, so that they are answered without Redis. */
const KEPT_PAGES = 2_000;
const TOP_COUNT = 12;
/** How often suppression is derived when nothing changed: silences begin and end by themselves. */
const DERIVE_EVERY_MS = 1_000;
/** From so many open alerts on, what is derived waits a moment for more changes. */
const LONG_LIST = 500;
/** Silences are forgotten this long after their end, ms (5 days). */
const SILENCE_KEEP_MS = 5 * 86_400_000;

export interface BookDeps {
  readonly store: AlertStore;
  readonly nowMs: () => number;
  readonly inhibit: () => readonly InhibitRule[];
  /** The cost KPI of a rule; null when it has none. */
  readonly costOf: (rule: string) => string | null;
  readonly cost: (alert: Alert, kpi: string | null) => Cost;
  readonly log: Log;
}

/** The worst red alert that nobody has taken, and how many more there are. @param sorted - the first of `shown` */
function takeOverOf(sorted: readonly Alert[], shown: readonly Alert[]): TakeOver | null {
  const untaken = ({ tier, handling }: Alert): boolean => tier === 'red' && handling === 'open';
  const worst = sorted.find(untaken) ?? shown.find(untaken);
  return worst === undefined ? null : { alert: rowOf(worst), moreCount: shown.filter(untaken).length - 1 };
}

/**
 * This node's copy of all alerts that are not closed and of all silences, brought up to date on every poll. What is derived
 * (suppression, cost, order) is worked out here, for the API, the frames and the alert stream alike.
 */
export class AlertBook {
  private readonly deps: BookDeps;
  private records = new Map<string, AlertRecord>();
  private byFingerprint = new Map<string, string>();
  private silenceList: readonly Silence[] = [];
  private suppressed = new Map<string, readonly Suppression[]>();
  private kept: { readonly seq: number; readonly record: AlertRecord }[] = [];
  private readonly listeners = new Set<(page: AlertPage) => void>();
  private derivedAtMs = 0;
  private settleMs = 0;
  private dirty = true;
  private evaluatedMs: number | null = null;
  private polling: Promise<void> | null = null;
  private framed: { readonly key: string; readonly frame: FrameAlerts } | null = null;
  position: Position = { epoch: '', seq: 0 };
  loaded = false;
  constructor(deps: BookDeps) {
    this.deps = deps;
    deps.store.onTold = (told) => this.follow(told);
  }

  onPage(listener: (page: AlertPage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Reads what changed. Calls that come while one runs share it; `again` waits for one that began after the call. */
  async poll(again = false): Promise<void> {
    if (this.polling !== null) {
      if (!again) return this.polling;
      await this.polling.catch(() => undefined);
    }
    this.polling ??= this.read().finally(() => {
      this.polling = null;
    });
    return this.polling;
  }

  private async read(): Promise<void> {
    const { store } = this.deps;
    const { epoch, seq } = this.position;
    const [head, silences, evaluatedMs] = await Promise.all([store.head(), store.silences(), store.evaluatedAtMs()]);
    this.evaluatedMs = evaluatedMs;
    this.takeSilences(silences);
    // against what was known when it was asked: this node's own writes may be ahead of the answer
    if (!this.loaded || head.epoch !== epoch || head.seq < seq) await this.reload();
    else if (head.seq > this.position.seq) {
      const changes = await store.changesAfter(this.position.seq);
      if (changes === null) await this.reload();
      else this.take(changes.records, changes.seq);
    }
    this.derive();
  }

  private async reload(): Promise<void> {
    const { position, records } = await this.deps.store.load();
    this.records = new Map(records.map((record) => [record.id, record]));
    this.byFingerprint = new Map(records.map((record) => [record.fingerprint, record.id]));
    this.kept = [];
    this.position = position;
    this.loaded = true;
    this.dirty = true;
    this.derive();
    this.tell(this.whole());
  }

  /** What this node has written itself, if it follows on what is known. */
  private follow({ position, records }: AlertsTold): boolean {
    const { epoch, seq } = this.position;
    if (!this.loaded || position.epoch !== epoch || position.seq !== seq + records.length) return false;
    this.take(records, position.seq);
    return true;
  }

  private take(read: readonly AlertRecord[], seq: number): void {
    // its head may be known by now: it was written here while the rest was read
    const records = read.slice(Math.max(0, this.position.seq - (seq - read.length)));
    if (seq <= this.position.seq) return;
    const firstSeq = seq - records.length + 1;
    records.forEach((record, index) => {
      this.put(record);
      this.kept.push({ seq: firstSeq + index, record });
    });
    if (this.kept.length > KEPT_PAGES) this.kept = this.kept.slice(-KEPT_PAGES);
    this.position = { epoch: this.position.epoch, seq };
    if (records.length === 0) return;
    this.dirty = true;
    this.derive();
    const newest = new Map(records.map((record) => [record.id, record]));
    this.tell({
      position: this.position,
      alerts: [...newest.values()].map((record) => this.view(record)),
      reset: false,
      more: false,
    });
  }

  private put(record: AlertRecord): void {
    // closed (its match is over) or dropped (it never fired): it leaves the list
    const gone = record.endsAt !== null && record.evaluation === 'normal';
    if (!gone) {
      this.records.set(record.id, record);
      this.byFingerprint.set(record.fingerprint, record.id);
      return;
    }
    this.records.delete(record.id);
    if (this.byFingerprint.get(record.fingerprint) === record.id) this.byFingerprint.delete(record.fingerprint);
  }

  private takeSilences(silences: readonly Silence[]): void {
    const nowMs = this.deps.nowMs();
    const old = silences.filter(({ endsAt }) => nowMs - endsAt > SILENCE_KEEP_MS).map(({ id }) => id);
    if (old.length > 0) void this.deps.store.forgetSilences(old).catch(() => undefined);
    const text = JSON.stringify(silences);
    if (text !== JSON.stringify(this.silenceList)) {
      this.silenceList = silences;
      this.dirty = true;
      this.settleMs = 0;
    }
  }

  /** Works out who is muted by what; alerts for which that changed are told to the screens. */
  private derive(): void {
    const nowMs = this.deps.nowMs();
    if (nowMs - this.derivedAtMs < (this.dirty ? this.settleMs : DERIVE_EVERY_MS)) return;
    const startedMs = performance.now();
    this.dirty = false;
    this.derivedAtMs = nowMs;
    const open = [...this.records.values()].filter((record) => isOpen(record) && !isWatchdog(record));
    const active = this.silenceList.filter((silence) => silenceState(silence, nowMs) === 'active');
    const inhibitedBy = inhibitIndex(this.deps.inhibit(), open);
    const folded = foldStorms(open);
    const before = this.suppressed;
    const next = new Map<string, readonly Suppression[]>();
    const changed: AlertRecord[] = [];
    for (const record of open) {
      let by: readonly Suppression[] = NONE;
      const add = (kind: Suppression['kind'], id: string): void => {
        by = [...by, { kind, id }];
      };
      if (active.length > 0) for (const id of silencedBy(record.labels, active, nowMs, record.tier)) add('silence', id);
      for (const id of inhibitedBy(record)) add('inhibition', id);
      if (isFlapping(record.engine.starts, nowMs)) add('flapping', record.rule);
      if (folded(record)) add('storm', record.rule);
      by = leftAfterEscalation(record, by, this.silenceList);
      const had = before.get(record.id);
      const same = had === undefined ? by.length === 0 : sameSuppression(by, had);
      if (by.length > 0) next.set(record.id, same && had !== undefined ? had : by);
      if (!same) changed.push(record);
    }
    this.suppressed = next;
    // a long list is not worked through for each single change: at most a tenth of the time goes into this
    this.settleMs = open.length < LONG_LIST ? 0 : Math.min(DERIVE_EVERY_MS, 10 * (performance.now() - startedMs));
    if (changed.length === 0 || this.listeners.size === 0) return;
    const alerts = changed.map((record) => this.view(record));
    this.tell({ position: this.position, alerts, reset: false, more: false });
  }

  private tell(page: AlertPage): void {
    for (const listener of this.listeners) listener(page);
  }

  private view(record: AlertRecord): Alert {
    const alert = alertOf(record);
    return {
      ...alert,
      suppressedBy: this.suppressedNow(record),
      ...this.deps.cost(alert, record.origin === 'rule' ? this.deps.costOf(record.rule) : null),
    };
  }
  /** As the API shows it, also one that is closed. */
  show(record: AlertRecord): Alert {
    return this.view(record);
  }
  record(id: string): AlertRecord | undefined {
    return this.records.get(id);
  }
  openOf(fingerprint: string): AlertRecord | undefined {
    const id = this.byFingerprint.get(fingerprint);
    return id === undefined ? undefined : this.records.get(id);
  }
  allRecords(): Iterable<AlertRecord> {
    return this.records.values();
  }
  /** All that are not closed, most urgent first. Pending ones (`firedAt` null) are among them. */
  all(): Alert[] {
    return [...this.records.values()].map((record) => this.view(record)).sort(byUrgency);
  }
  /** What mutes it, by this node's copy of the others and the record as it is given. */
  suppressedNow(record: AlertRecord): readonly Suppression[] {
    return leftAfterEscalation(record, this.suppressed.get(record.id) ?? NONE, this.silenceList);
  }
  get silences(): readonly Silence[] {
    return this.silenceList;
  }
  silenceView(silence: Silence): SilenceView {
    let matchedCount = 0;
    for (const by of this.suppressed.values())
      if (by.some(({ kind, id }) => kind === 'silence' && id === silence.id)) matchedCount += 1;
    return { ...silence, state: silenceState(silence, this.deps.nowMs()), matchedCount };
  }
  openInGroup(group: string): number {
    let count = 0;
    for (const record of this.records.values()) if (record.group === group && isOpen(record)) count += 1;
    return count;
  }
  tally(): AlertTally {
    return tallyOf(this.records.values(), ({ id }) => this.suppressed.get(id) ?? NONE);
  }

  /** What the wall's strip needs. The watchdog always fires and is not trouble. */
  frame(): FrameAlerts {
    const key = `${this.position.epoch}|${this.position.seq}|${this.derivedAtMs}`;
    if (this.framed === null || this.framed.key !== key) this.framed = { key, frame: this.buildFrame() };
    if (this.evaluatedMs === null) return this.framed.frame;
    return { ...this.framed.frame, evaluatedAgoMs: Math.max(0, this.deps.nowMs() - this.evaluatedMs) };
  }
  private buildFrame(): FrameAlerts {
    const shown: AlertRecord[] = [];
    for (const record of this.records.values())
      if (isListed(record) && !this.suppressed.has(record.id)) shown.push(record);
    // the money meter is worked out for those that can be on the strip, not for ten thousand
    const first = shown
      .sort(byUrgency)
      .slice(0, 10 * TOP_COUNT)
      .map((record) => this.view(record));
    const sorted = first.sort(byUrgency);
    const top = sorted.slice(0, TOP_COUNT).map(rowOf);
    const taken = takeOverOf(sorted, shown);
    return { state: 'on', ...this.tally(), top, ...(taken === null ? {} : { takeOver: taken }) };
  }

  /** What a screen at `position` has missed; null when this node does not know, and it must start over with `whole`. */
  missed(position: Position | null): AlertPage | null {
    if (position === null || position.epoch !== this.position.epoch || position.seq > this.position.seq) return null;
    const first = this.kept[0]?.seq ?? this.position.seq + 1;
    if (position.seq + 1 < first) return null;
    const newest = new Map<string, AlertRecord>();
    for (const { seq, record } of this.kept) if (seq > position.seq) newest.set(record.id, record);
    return {
      position: this.position,
      alerts: [...newest.values()].map((record) => this.view(record)),
      reset: false,
      more: false,
    };
  }
  /** All that are not over, as one page that voids what a screen holds. */
  whole(): AlertPage {
    return { position: this.position, alerts: this.all(), reset: true, more: false };
  }
}
