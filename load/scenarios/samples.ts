import type { Json } from '../load-event.ts';
import type { Random } from '../random.ts';
import type { Vocabulary } from '../vocabulary.ts';

type Data = Readonly<Record<string, Json>>;

/** A sampled histogram: some published edges, ascending, with counts. */
export function histogram(edgesMs: readonly number[], random: Random, observations: number): Json {
  const first = random.below(Math.max(1, edgesMs.length - 8));
  const bins: [number, number][] = [];
  for (let index = first; index < Math.min(edgesMs.length, first + 6); index += 1) {
    const edge = edgesMs[index];
    if (edge !== undefined) bins.push([edge, Math.floor((observations * random.next()) / 3)]);
  }
  return bins;
}

/** Whole seconds, 1–10; a few of a whole minute. */
const period = (random: Random): number => (random.chance(0.05) ? 60_000 : random.between(1, 10) * 1_000);

export function trafficData(vocabulary: Vocabulary, random: Random): Data {
  const requests = random.below(20_000);
  const data: Record<string, Json> = {
    service: vocabulary.service.draw(random),
    periodMs: period(random),
    requests,
    errors: random.chance(0.5) ? 0 : random.below(1 + Math.floor(requests / 50)),
  };
  if (random.chance(0.8)) data.latency = histogram(vocabulary.edgesMs, random, requests);
  return data;
}

export function visitData(vocabulary: Vocabulary, random: Random): Data {
  const visits = random.below(3_000);
  const data: Record<string, Json> = { channel: vocabulary.channel.draw(random), periodMs: period(random), visits };
  if (random.chance(0.9)) data.productViews = Math.floor(visits / 3);
  if (random.chance(0.9)) data.carts = Math.floor(visits / 12);
  if (random.chance(0.9)) data.checkouts = Math.floor(visits / 20);
  if (random.chance(0.7)) data.region = vocabulary.region.draw(random);
  if (random.chance(0.7)) data.platform = random.chance(0.82) ? 'mobile' : 'web';
  if (random.chance(0.5)) data.organic = random.chance(0.3);
  return data;
}

export function serviceData(vocabulary: Vocabulary, random: Random): Data {
  const offered = random.below(400);
  const data: Record<string, Json> = {
    desk: random.chance(0.7) ? 'online' : 'phone',
    periodMs: period(random),
    offered,
    answered: Math.floor(offered * 0.95),
  };
  if (random.chance(0.8)) data.byAi = Math.floor(offered * 0.75);
  if (random.chance(0.8)) data.queue = histogram(vocabulary.edgesMs, random, offered);
  return data;
}

export const mentionData = (vocabulary: Vocabulary, random: Random): Data => ({
  topic: vocabulary.topic.draw(random),
  periodMs: period(random),
  positive: random.below(200),
  neutral: random.below(300),
  negative: random.below(40),
});

export function appData(random: Random): Data {
  const sessions = random.below(5_000);
  const data: Record<string, Json> = {
    platform: random.chance(0.82) ? 'mobile' : 'web',
    periodMs: period(random),
    sessions,
  };
  if (random.chance(0.8)) data.crashed = Math.floor(sessions * 0.005);
  if (random.chance(0.8)) data.playMs = sessions * 900;
  if (random.chance(0.8)) data.stalledMs = sessions;
  return data;
}
