import { expect, it, vi } from 'vitest';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import { createChronicle } from './chronicle.ts';
import type { CampaignTimes, HeardSource } from './domain/changes.ts';
import { createTimeline } from './timeline.ts';

const OPENS = 1_700_000_000_000;
const campaign: CampaignTimes = {
  opensAtMs: OPENS,
  phases: [
    { id: 'early', fromSeconds: -600 },
    { id: 'sale', fromSeconds: 0 },
  ],
  feeds: { orders: { intervalMs: 1_000 } },
};

it('[TL13] two nodes tell each phase, silence and return once, whoever is first, also after a restart', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { redis, prefix } = testRedis();
  const timeline = createTimeline(redis, prefix, 'i1');
  const now = { ms: OPENS - 1_000, canTell: true };
  let sources: HeardSource[] = [{ source: '/shop/1', heardMs: OPENS - 1_000, feeds: ['orders'] }];
  const node = (nodeId: string) =>
    createChronicle({
      redis,
      prefix,
      instance: 'i1',
      nodeId,
      build: 'b',
      log: silentLog,
      campaign,
      sources: () => sources,
      redisNowMs: () => now.ms,
      canTell: () => now.canTell,
    });
  const nodes = [node('n1'), node('n2')];
  const look = async (): Promise<void> => {
    await Promise.all(nodes.map((one) => one.look()));
  };
  const kinds = async (): Promise<string[]> =>
    (await timeline.page({ limit: 100 })).entries.map(({ kind, params }) =>
      `${kind} ${params.phase ?? params.source ?? ''}`.trim(),
    );

  await look();
  expect(await kinds()).toEqual(['campaign.phase early']);
  vi.advanceTimersByTime(10_001); // the grace after a start
  now.ms = OPENS;
  await look();
  await look();
  expect((await kinds()).slice(1).sort()).toEqual(['campaign.opened', 'campaign.phase sale']);

  now.ms = OPENS + 60_000;
  now.canTell = false; // a node that cannot read the windows tells nothing of sources
  await look();
  now.canTell = true;
  await look();
  expect(await kinds()).toHaveLength(3);
  vi.advanceTimersByTime(10_001);
  await look();
  expect((await kinds()).slice(3)).toEqual(['source.silent /shop/1']);
  nodes.push(node('n3'));
  vi.advanceTimersByTime(10_001);
  await look();
  sources = [{ source: '/shop/1', heardMs: OPENS + 70_000, feeds: ['orders'] }];
  now.ms = OPENS + 71_000;
  await look();
  await look();
  expect((await kinds()).slice(3)).toEqual(['source.silent /shop/1', 'source.back /shop/1']);
  sources = [{ source: '/shop/1', heardMs: OPENS + 75_000, feeds: ['orders'] }];
  await look();
  expect(await kinds()).toHaveLength(5);
  vi.useRealTimers();
});

it('[TL15] a node says that it started and that it stops', async () => {
  const { redis, prefix } = testRedis();
  const timeline = createTimeline(redis, prefix, 'i1');
  const chronicle = createChronicle({
    redis,
    prefix,
    instance: 'i1',
    nodeId: 'n1',
    build: 'b7',
    log: silentLog,
    campaign,
    sources: () => [],
    redisNowMs: () => OPENS - 700_000,
    canTell: () => true,
  });
  await chronicle.start();
  await chronicle.stop();
  const { entries } = await timeline.page({ limit: 10 });
  expect(entries.map(({ kind, params }) => [kind, params])).toEqual([
    ['node.started', { node: 'n1', build: 'b7' }],
    ['node.stopping', { node: 'n1', build: 'b7' }],
  ]);
});
