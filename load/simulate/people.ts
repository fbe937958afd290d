import type { Json, LoadEvent } from '../load-event.ts';
import { type Random, Weighted } from '../random.ts';
import type { Agenda } from './agenda.ts';
import type { Pace } from './pace.ts';
import type { SaleSettings } from './settings.ts';
import type { Trouble } from './troubles.ts';

export interface PeopleStreamOptions {
  readonly settings: SaleSettings;
  readonly random: Random;
  readonly agenda: Agenda;
  readonly runTag: string;
}
const KINDS = ['logistics', 'quality', 'after_sales', 'promo_rules', 'other'] as const;

/** What buyers say and do besides buying: complaints and their closing, new members, ratings, charity. */
export class PeopleStream {
  readonly #options: PeopleStreamOptions;
  readonly #kinds: Weighted<(typeof KINDS)[number]>;
  #number = 0;

  constructor(options: PeopleStreamOptions) {
    this.#options = options;
    this.#kinds = new Weighted(KINDS.map((kind) => [kind, options.settings.shareOf('kind', kind)] as const));
  }

  /** Everything that starts in `[fromMs, toMs)`. */
  tick(fromMs: number, toMs: number, pace: Pace, trouble: Trouble): void {
    const { random, settings } = this.#options;
    const orders = (pace.paidOrdersPerSecond * (toMs - fromMs)) / 1_000;
    const each = (count: number, act: (atMs: number) => void): void => {
      for (let n = random.poisson(count); n > 0; n -= 1) act(fromMs + random.below(toMs - fromMs));
    };
    const complaints = orders * settings.ratio('complaint');
    each(complaints, (atMs) => this.#complaint(atMs, this.#kinds.draw(random), settings.choice('region').draw(random)));
    each(complaints * (trouble.complaintFactor - 1), (atMs) => {
      const kind = KINDS.find((known) => known === trouble.complaintKind) ?? 'other';
      this.#complaint(atMs, kind, trouble.complaintRegion ?? settings.choice('region').draw(random));
    });
    each(orders * settings.ratio('member'), (atMs) =>
      this.#send('/members', 'member.joined', atMs, {
        memberId: this.#id('m'),
        channel: settings.choice('channel').draw(random),
        region: settings.choice('region').draw(random),
      }),
    );
    each(orders * settings.ratio('charity'), (atMs) =>
      this.#send('/members', 'charity.recorded', atMs, {
        amountMinor: random.between(1, 2 * settings.ratio('charity_minor')),
        kgCo2: random.below(900) / 1_000,
      }),
    );
    each(orders * settings.ratio('rating'), (atMs) => this.#rating(atMs));
  }

  #complaint(atMs: number, kind: (typeof KINDS)[number], region: string): void {
    const { random, settings } = this.#options;
    const complaintId = this.#id('c');
    const category = settings.choice('category').draw(random);
    this.#send('/service-desk', 'complaint.opened', atMs, { complaintId, kind, category, region });
    if (!random.chance(settings.ratio('complaint_closed'))) return;
    const closedMs = atMs + random.between(20_000, 150_000);
    const satisfied = random.chance(settings.ratio('complaint_satisfied'));
    this.#send('/service-desk', 'complaint.closed', closedMs, { complaintId, kind, satisfied });
  }

  #rating(atMs: number): void {
    const { random, settings } = this.#options;
    const roll = random.next();
    const promoter = settings.ratio('promoter');
    const detractor = settings.ratio('detractor');
    const score =
      roll < promoter ? random.between(9, 10) : roll < 1 - detractor ? random.between(7, 8) : random.between(0, 6);
    const platform = settings.choice('platform').draw(random) === 'web' ? 'web' : 'mobile';
    this.#send('/app', 'rating.given', atMs, { score, platform });
  }

  #send(source: string, type: LoadEvent['type'], ts: number, data: Readonly<Record<string, Json>>): void {
    this.#options.agenda.add(ts, source, { id: this.#id('p'), source, type, ts, ...data });
  }

  #id(kind: string): string {
    this.#number += 1;
    return `${kind}${this.#options.runTag}-${this.#number.toString(36)}`;
  }
}
