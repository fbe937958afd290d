import { describe, expect, it } from 'vitest';
import { alertsKit } from '../server/test/alerts-kit.ts';
import { bySequence, paidOrder } from '../server/test/windows-kit.ts';
import { backtestLines } from './run-backtest.ts';

const RULE = `
groups:
  - name: test
    interval: 1s
    rules:
      - alert: Orders
        expr: over(kpi("orders_paid", "1m"), [3, 5])
        raise_after: 1
        lower_after: 1
        annotations: { summary: Orders, runbook_url: /runbooks/technical-failure }
      - alert: Disk
        expr: over(system("disk_used_ratio"), [0.5])
        annotations: { summary: Disk, runbook_url: /runbooks/technical-failure }
`;

describe('back-test', () => {
  it('[ALR65] says when a rule would have fired, how high, how long and for whom; and what it cannot judge', async () => {
    const kit = await alertsKit(RULE);
    const node = await kit.node('b');
    const nowMs = Math.floor(kit.clock.nowMs() / 1_000) * 1_000;
    const startMs = nowMs - 200_000;
    // three orders, two more a minute later in that minute's window, then silence
    const times = [0, 0, 0, 20_000, 20_000, 150_000].map((offset) => startMs + offset);
    await kit.ingest.submit(
      bySequence(
        times.map((atMs, n) => paidOrder(`o${n}`, atMs)),
        1,
      ),
    );
    await kit.first.tick(); // refreshes this node's windows
    const reply = await kit.first.backtest({ from: startMs - 30_000, to: nowMs, stepMs: 1_000 });
    expect(reply.firings).toHaveLength(1);
    const [firing] = reply.firings;
    expect(firing).toMatchObject({ rule: 'Orders', labels: {}, peakTier: 'red', peakValue: 5, unit: 'count' });
    expect((firing?.firedAt ?? 0) - startMs).toBe(1_000);
    expect((firing?.endsAt ?? 0) - (firing?.firedAt ?? 0)).toBe(60_000);
    expect(firing?.pages.map(({ person, atMs }) => [person, atMs - (firing?.firedAt ?? 0)])).toEqual([
      ['Ann', 0], // orange
      ['Ann', 20_000], // red, whose chain begins anew; it is over before its second step
    ]);
    expect(reply.unjudged).toEqual([{ rule: 'Disk', why: 'system() is not recorded' }]);
    const [line] = backtestLines(reply);
    expect(line).toMatch(/red {4}Orders {2}5 count, for 60 s; pages Ann$/);
    expect(backtestLines(reply)).toContainEqual(expect.stringMatching(/^looked at every 1 s; /));
    // of one rule alone: what it measured, so that its limits can be judged
    const alone = await kit.first.backtest({ rule: 'Orders', from: startMs - 30_000, to: nowMs, stepMs: 1_000 });
    expect(alone.lines).toMatchObject([{ labels: {}, unit: 'count', limits: [null, null, null, 3, 5] }]);
    expect(alone.lines?.[0]?.points.find(([ms]) => ms === startMs + 25_000)?.[1]).toBe(5);
    expect(reply.lines).toHaveLength(1); // the other rule of the file cannot be judged
    // nothing was written by it
    expect(node.list().alerts).toEqual([]);
    expect(await kit.entries()).toEqual([]);
  });
  it('[ALR65] a rule that is only tried, a fault in it with its line, a span that is too long', async () => {
    const kit = await alertsKit(RULE);
    const yaml = RULE.replaceAll('Orders', 'Tried');
    expect((await kit.first.backtest({ yaml, rule: 'Tried' })).unjudged).toMatchObject([
      { rule: 'Tried', why: 'no data in this span' },
    ]);
    await expect(kit.first.backtest({ yaml: RULE.replace('"1m"', '"2m"') })).rejects.toMatchObject({
      code: 'rules_invalid',
      message: expect.stringMatching(/^rules:7: /),
    });
    await expect(kit.first.backtest({ rule: 'Nope' })).rejects.toMatchObject({ code: 'rules_invalid' });
    await expect(kit.first.backtest({ from: 0 })).rejects.toMatchObject({ code: 'out_of_range' });
  });
});
