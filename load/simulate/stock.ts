import type { CampaignReply } from '#contract/campaign';
import type { Json, LoadEvent } from '../load-event.ts';
import type { Random } from '../random.ts';
import type { Pace } from './pace.ts';
import type { SaleSettings } from './settings.ts';
import { STORY_SECONDS } from './story.ts';

type Emit = (source: string, type: LoadEvent['type'], ts: number, data: Readonly<Record<string, Json>>) => void;
interface Shelf {
  readonly sku: string;
  readonly source: string;
  readonly startCount: number;
  /** Share of all paid orders that name this item. */
  readonly orderShare: number;
  /** Units a second beyond that: the flash sale of the item that runs out first. */
  readonly rushPerSecond: number;
  onHand: number;
  refillAtMs: number;
  /** When the flash sale sold it out, and in which round of the night; null: not yet. */
  soldOut: { readonly atMs: number; readonly round: number } | null;
}
type Item = CampaignReply['items'][number];
/** The flash item sells out about this long after the opening; what is sold out is refilled this much later. */
const FLASH_LASTS_S = 250;
const REFILL_MS = 240_000;
/** Those who came for the flash item and find it gone leave within this; the next flash sale comes with the next round of the story. */
const RUSH_FADES_MS = 25_000;
/** What is marked as sold out is asked for by a few only. */
const SOLD_OUT_ASKED_RATIO = 0.08;
const RECOUNT_MS = 60_000;

/** How much of a flash sale's rush is left, 0–1. */
function rushLeft({ soldOut }: Shelf, round: number, endMs: number): number {
  if (round < 0) return 0;
  if (soldOut?.round !== round) return 1;
  return Math.max(0, 1 - (endMs - soldOut.atMs) / RUSH_FADES_MS);
}

/** Shelves of the listed items: counts, moves and checks. One hero item sells out on the way. */
export class StockStream {
  readonly #shelves: readonly Shelf[];
  readonly #settings: SaleSettings;
  readonly #random: Random;
  readonly #emit: Emit;
  #countedMs = 0;

  constructor(campaign: CampaignReply, settings: SaleSettings, random: Random, zones: readonly string[], emit: Emit) {
    this.#settings = settings;
    this.#random = random;
    this.#emit = emit;
    const weightOf = ({ hero }: Item): number => (hero === true ? settings.ratio('hero_weight') : 1);
    const shareOf = (item: Item): number => {
      const rivals = campaign.items.filter(({ category }) => category === item.category);
      const all = rivals.reduce((sum, rival) => sum + weightOf(rival), 0);
      return (settings.ratio('listed_item') * settings.orderShareOf(item.category) * weightOf(item)) / all;
    };
    // The hero with the least stock for its demand is the flash item of the night.
    const heroes = campaign.items.filter(({ hero }) => hero === true);
    const flash = heroes.sort((a, b) => a.stock / shareOf(a) - b.stock / shareOf(b))[0];
    this.#shelves = campaign.items.map((item, index) => ({
      sku: item.sku,
      source: `/warehouse/${zones[index % zones.length] ?? 'main'}`,
      startCount: item.stock,
      orderShare: shareOf(item),
      rushPerSecond: item === flash ? item.stock / FLASH_LASTS_S : 0,
      onHand: item.stock,
      refillAtMs: 0,
      soldOut: null,
    }));
  }

  /** Once a second: what was sold and checked in the second that ends at `endMs`. */
  everySecond(endMs: number, pace: Pace): void {
    if (endMs - this.#countedMs >= RECOUNT_MS) this.#countAll(endMs);
    const round = Math.floor((pace.minutes * 60) / STORY_SECONDS); // negative before the opening
    this.#shelves.forEach((shelf, index) => {
      const rush = shelf.rushPerSecond * rushLeft(shelf, round, endMs);
      const asked = pace.paidOrdersPerSecond * shelf.orderShare * (shelf.onHand === 0 ? SOLD_OUT_ASKED_RATIO : 1);
      const demand = this.#random.poisson(asked + rush);
      this.#sell(shelf, demand, endMs - 1 - this.#random.below(900), index % 2 === Math.floor(endMs / 1_000) % 2);
      if (shelf.onHand === 0 && shelf.refillAtMs === 0) {
        shelf.refillAtMs = endMs + REFILL_MS;
        if (shelf.soldOut?.round !== round) shelf.soldOut = { atMs: endMs, round };
      }
      if (shelf.refillAtMs !== 0 && endMs >= shelf.refillAtMs) this.#refill(shelf, endMs - 1);
    });
  }

  #sell(shelf: Shelf, demand: number, atMs: number, check: boolean): void {
    if (demand === 0) return;
    const sold = Math.min(demand, shelf.onHand);
    // A few requests meet an empty local shelf although the network has stock.
    const missed = demand - sold + this.#random.poisson(demand * this.#settings.ratio('stock_unmet'));
    if (check)
      this.#emit(shelf.source, 'stock.checked', atMs, {
        sku: shelf.sku,
        requested: demand,
        unmet: Math.min(demand, missed),
      });
    if (sold === 0) return;
    shelf.onHand -= sold;
    this.#emit(shelf.source, 'stock.moved', atMs, { sku: shelf.sku, delta: -sold });
  }

  #refill(shelf: Shelf, atMs: number): void {
    const delta = Math.max(1, Math.round(shelf.startCount * 0.6));
    shelf.onHand += delta;
    shelf.refillAtMs = 0;
    this.#emit(shelf.source, 'stock.moved', atMs, { sku: shelf.sku, delta });
  }

  /** A count stands for its instant: moves of the same second come after it. */
  #countAll(endMs: number): void {
    this.#countedMs = endMs;
    for (const { sku, source, onHand } of this.#shelves)
      this.#emit(source, 'stock.counted', endMs - 1_000, { sku, onHand });
  }
}
