import { describe, expect, it } from 'vitest';
import type { Frame } from '#contract/frames';
import { connected, join, once, openScreen, realtimeKit, watchFrames } from '../test/realtime-kit.ts';
import { byId, paidOrder } from '../test/windows-kit.ts';

const gmv = (frame: Frame) => frame.figures['gmv_paid@open']?.value;

describe('frames', () => {
  it('[FR1] an accepted event is in the next frames of every screen, and all get the same frame', async () => {
    const kit = await realtimeKit();
    const [a, b] = [openScreen(kit.node.url, { token: kit.token }), openScreen(kit.node.url, { token: kit.token })];
    const [seenByA, seenByB] = [watchFrames(a), watchFrames(b)];
    await Promise.all([connected(a), connected(b)]);
    await Promise.all([join(a), join(b)]);
    await kit.ingest.submit(byId([paidOrder('o1', kit.clock.nowMs() - 500, { amountMinor: 12_345 })]));
    const first = await seenByA.until((frame) => gmv(frame) === 12_345);
    const second = await seenByB.until((frame) => frame.seq === first.seq);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ view: 'wall:overview', quality: 'live', campaign: { id: kit.campaign.instance } });
    expect(kit.clock.nowMs() - first.serverMs).toBeLessThan(3_000);
    const seqs = seenByA.frames.map(({ seq }) => seq);
    expect([...seqs].sort((x, y) => x - y)).toEqual(seqs);
  });
  it('[FR2] a frame is whole: the first one after a join has every figure of the view, and a skipped one is never missed', async () => {
    const kit = await realtimeKit();
    await kit.ingest.submit(byId([paidOrder('o1', kit.clock.nowMs() - 2_500, { amountMinor: 700 })]));
    const screen = openScreen(kit.node.url, { token: kit.token });
    await connected(screen);
    const frame = once(screen, 'frame');
    await join(screen, { view: 'wall:regions' });
    const { rows, figures } = await frame;
    expect(figures['gmv_paid@open']?.value).toBe(700);
    expect(rows.regions?.map(({ id }) => id)).toEqual(kit.campaign.file.dimensions.region?.map(({ id }) => id));
    const north = rows.regions?.find(({ id }) => id === 'north');
    expect(north?.figures['gmv_paid@open']?.value).toBe(700);
    expect(north?.figures['gmv_paid_share@open']?.value).toBe(1);
    // nothing is asked for, nothing is repaired: leaving and coming back meets the present
    await screen.timeout(5_000).emitWithAck('leave', {});
    await kit.ingest.submit(byId([paidOrder('o2', kit.clock.nowMs() - 500, { amountMinor: 300 })]));
    const next = watchFrames(screen).until((one) => gmv(one) === 1_000);
    await join(screen, { view: 'wall:regions' });
    expect((await next).epoch).toBe(kit.node.realtime.epoch);
  });
  it('[FR3] every node has its own epoch, and a restarted one a new one', async () => {
    const kit = await realtimeKit();
    const other = await kit.startNode('n2');
    expect(other.realtime.epoch).not.toBe(kit.node.realtime.epoch);
  });
  it('[FR4] a screen that joined nothing still hears a beat each second', async () => {
    const kit = await realtimeKit();
    const screen = openScreen(kit.node.url, { token: kit.token });
    const hello = once(screen, 'hello');
    await connected(screen);
    expect(await hello).toMatchObject({ protocol: 1, nodeId: 'n1', build: 'test', campaignId: kit.campaign.instance });
    const first = await once(screen, 'beat');
    const second = await once(screen, 'beat');
    expect(second.serverMs - first.serverMs).toBeGreaterThan(500);
    expect(second.serverMs - first.serverMs).toBeLessThan(3_000);
  });
  it('[FR5] a joined screen hears beats too: they are never in the turn of a frame', async () => {
    const kit = await realtimeKit();
    const screen = openScreen(kit.node.url, { token: kit.token });
    await connected(screen);
    await join(screen);
    const { frames } = watchFrames(screen);
    for (let beats = 0; beats < 3; beats += 1) await once(screen, 'beat');
    expect(frames.length).toBeGreaterThanOrEqual(5);
  });
  it('[FR6] moving to another view ends the frames of the first', async () => {
    const kit = await realtimeKit();
    const screen = openScreen(kit.node.url, { token: kit.token });
    await connected(screen);
    await join(screen);
    await once(screen, 'frame');
    await join(screen, { view: 'wall:checkout' });
    const seen = watchFrames(screen);
    await seen.until(() => seen.frames.length >= 3);
    expect(new Set(seen.frames.map(({ view }) => view))).toEqual(new Set(['wall:checkout']));
  });
  it('[FR7] desk:health lists sources, screens and nodes, for those who may see them', async () => {
    const kit = await realtimeKit();
    await kit.ingest.submit(byId([paidOrder('o1', kit.clock.nowMs() - 500)]));
    const viewer = openScreen(kit.node.url, { token: kit.access.roles.viewer.token });
    await connected(viewer);
    expect(await join(viewer, { view: 'desk:health' })).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    const screen = openScreen(kit.node.url, { token: kit.token });
    await connected(screen);
    const seen = watchFrames(screen);
    await join(screen, { view: 'desk:health' });
    const { rows, feeds } = await seen.until(({ rows }) => (rows.sources?.length ?? 0) > 0);
    expect(rows.sources?.[0]).toMatchObject({ id: '/shop/1', figures: { accepted_count: { value: 1 } } });
    expect(rows.nodes?.[0]).toMatchObject({ id: 'n1', figures: { sockets_count: { value: 2 } } });
    expect(rows.screens?.map(({ figures }) => figures.view?.of)).toContain('desk:health');
    expect(feeds.orders?.heardCount).toBe(1);
  });
  it('[FR17] while the store hangs frames and beats go on and say so; no figure moves; live again by itself', async () => {
    let hang: Promise<void> | null = null;
    const kit = await realtimeKit({}, (source) => ({
      ...source,
      reader: source.reader,
      redisNowMs: source.redisNowMs,
      get asOfMs() {
        return source.asOfMs;
      },
      get watermarkMs() {
        return source.watermarkMs;
      },
      get loadingRatio() {
        return source.loadingRatio;
      },
      degraded: false, // the tick's own measure is what is tested
      refresh: async () => {
        if (hang !== null) await hang;
        await source.refresh?.();
      },
    }));
    const screen = openScreen(kit.node.url, { token: kit.token });
    await connected(screen);
    const seen = watchFrames(screen);
    await join(screen);
    await kit.ingest.submit(byId([paidOrder('o1', kit.clock.nowMs() - 500, { amountMinor: 500 })]));
    await seen.until((frame) => gmv(frame) === 500);
    let thaw: () => void = () => undefined;
    hang = new Promise((resolve) => {
      thaw = resolve;
    });
    await kit.ingest.submit(byId([paidOrder('o2', kit.clock.nowMs() - 500, { amountMinor: 500 })]));
    const degraded = await seen.until(({ quality }) => quality === 'degraded');
    expect(degraded).toMatchObject({ ttlMs: 0 });
    expect(gmv(degraded)).toBe(500);
    await once(screen, 'beat');
    const [lastSeq] = seen.frames.slice(-1).map(({ seq }) => seq);
    await seen.until(({ seq }) => seq > (lastSeq ?? 0) + 2);
    hang = null;
    thaw();
    const live = await seen.until(({ seq, quality }) => seq > degraded.seq && quality === 'live');
    expect(live.ttlMs).toBe(3_000);
    await seen.until((frame) => gmv(frame) === 1_000);
  });
});
