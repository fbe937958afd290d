import type { CampaignReply } from '#contract/campaign';
import type { Asked } from './asked.ts';
import { CALM, type Trouble, type TroubleName, troublesOf } from './troubles.ts';

/** Something people did, recorded as `change.recorded` at its second. */
export interface Change {
  readonly atSeconds: number;
  readonly kind: 'deploy' | 'price' | 'coupon' | 'page' | 'plan';
  readonly title: string;
  readonly service?: string;
}
interface Scene {
  readonly fromSeconds: number;
  readonly forSeconds: number;
  readonly name: TroubleName;
}

/** The scenes come again after this long, so that a demo left alone stays lively. */
export const STORY_SECONDS = 1_500;
const SCENES: readonly Scene[] = [
  { fromSeconds: 95, forSeconds: 90, name: 'payments-failing' },
  { fromSeconds: 330, forSeconds: 75, name: 'service-errors' },
  { fromSeconds: 480, forSeconds: 150, name: 'logistics-complaints' },
  { fromSeconds: 700, forSeconds: 120, name: 'bad-press' },
  { fromSeconds: 880, forSeconds: 180, name: 'ads-dear' },
  { fromSeconds: 1_100, forSeconds: 25, name: 'source-silent' },
  { fromSeconds: 1_180, forSeconds: 60, name: 'callbacks-lost' },
  { fromSeconds: 1_300, forSeconds: 60, name: 'traffic-spike' },
];

export interface Story {
  /** @param seconds - since the sale opened; before opening all is calm */
  at(seconds: number): Trouble;
  /** Changes in `[from, to)` seconds. */
  changes(from: number, to: number): Change[];
}

/**
 * A scripted night: small incidents of the kinds the contingency plans name, one after the other. What is asked for comes
 * instead of it, so that a person sees that alone. Pure.
 */
export function storyOf(campaign: CampaignReply, asked: (atMs: number) => readonly Asked[] = () => []): Story {
  const troubles = troublesOf(campaign);
  const { service = '' } = troubles['service-errors'];
  const { service: payment = '' } = troubles['payments-failing'];
  const changes: readonly Change[] = [
    { atSeconds: 80, kind: 'deploy', title: 'payment-router 4.12 to 10 %', service: payment },
    { atSeconds: 175, kind: 'deploy', title: 'payment-router 4.12 rolled back', service: payment },
    { atSeconds: 320, kind: 'page', title: 'Search: new ranking for the sale page', service },
    { atSeconds: 600, kind: 'coupon', title: 'Second coupon wave: 300 − 40' },
    { atSeconds: 875, kind: 'plan', title: 'Bid cap of search raised for the next hour' },
    { atSeconds: 1_290, kind: 'price', title: 'Flash price on hero items' },
  ];
  return {
    at(seconds) {
      const atMs = campaign.opensAt + seconds * 1_000;
      const on = asked(atMs).filter(
        ({ sale, fromMs, untilMs }) => sale === campaign.id && atMs >= fromMs && atMs < untilMs,
      );
      if (on.length === 0 && seconds < 0) return CALM;
      const place = seconds % STORY_SECONDS;
      const names =
        on.length > 0
          ? on.map(({ name }) => name)
          : SCENES.filter((scene) => place >= scene.fromSeconds && place < scene.fromSeconds + scene.forSeconds).map(
              ({ name }) => name,
            );
      return Object.assign({}, CALM, ...names.map((name) => troubles[name])) as Trouble;
    },
    changes(from, to) {
      if (to <= 0) return [];
      const round = Math.floor(Math.max(0, from) / STORY_SECONDS) * STORY_SECONDS;
      return changes.filter(({ atSeconds }) => atSeconds + round >= from && atSeconds + round < to);
    },
  };
}
