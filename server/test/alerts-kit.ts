import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Principal } from '#contract/permissions';
import { type Alerts, type AlertsOptions, createAlerts } from '../../alerts/alerts.ts';
import { createDueWork } from '../room/due.ts';
import { createTimeline } from '../room/timeline.ts';
import { mirrorSource } from '../windows/frame-source.ts';
import { silentLog } from './silent-log.ts';
import { windowsKit } from './windows-kit.ts';

export const lin: Principal = { kind: 'user', id: 'u-lin', name: 'Lin Yue', role: 'oncall', sessionId: 's1' };
export const zhao: Principal = { kind: 'user', id: 'u-zhao', name: 'Zhao Ming', role: 'oncall', sessionId: 's2' };
let keys = 0;
export const asked = (principal: Principal, key = `k${++keys}`) => ({ principal, key, requestId: 'r1' });

/** A rule over a fact the test sets: `disk_used_ratio` in five steps; more rules can be given. */
export const DISK_RULE = `
groups:
  - name: test
    interval: 0s
    rules:
      - alert: DiskLow
        expr: over(system("disk_used_ratio"), [0.5, 0.6, 0.7, 0.8, 0.9])
        labels: { domain: console }
        annotations: { summary: The disk is nearly full, runbook_url: /runbooks/technical-failure }
`;

/** Real alerts over real windows and Redis; facts are what the test says. Ticks are the test's own. */
export async function alertsKit(rules = DISK_RULE) {
  const windows = await windowsKit();
  const { redis, prefix, campaign, clock } = windows;
  const folder = mkdtempSync(join(tmpdir(), 'wr-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const writeRules = (text: string): void => writeFileSync(join(folder, 'test.yaml'), text);
  const writeDuty = (text: string): void => writeFileSync(join(folder, 'duty.yaml'), text);
  /** As if the rules on the disk were old. */
  const ageRules = (): void => utimesSync(join(folder, 'test.yaml'), 1, 1);
  writeRules(rules);
  const facts: Record<string, number | null> = {};
  const timeline = createTimeline(redis, prefix, campaign.instance);

  /** One node; it ticks only when told to. */
  async function node(nodeId: string, claimTtlMs = 3_000, more: Partial<AlertsOptions> = {}) {
    const { mirror } = await windows.another();
    const due = createDueWork({ redis, prefix, instance: campaign.instance, log: silentLog });
    const alerts: Alerts = createAlerts({
      redis,
      prefix,
      instance: campaign.instance,
      campaign,
      nodeId,
      log: silentLog,
      source: mirrorSource(mirror, campaign, clock, () => undefined),
      timeline,
      due,
      system: (name) => facts[name] ?? null,
      rulesFolder: folder,
      claimTtlMs,
      ...more,
    });
    await alerts.load();
    const tick = async (): Promise<void> => {
      await pause(2); // a rule that is looked at on every tick has one look a millisecond
      await mirror.refresh(); // windows that stand still are not evaluated
      await alerts.tick();
    };
    return { ...alerts, tick, alerts, due };
  }
  const first = await node('n1');
  /** The one alert there is, as this node sees it. */
  const only = () => {
    const alerts = first.list().alerts;
    if (alerts.length !== 1 || alerts[0] === undefined) throw new Error(`there are ${alerts.length} alerts`);
    return alerts[0];
  };
  const entries = async () => (await timeline.page({ limit: 500 })).entries.map(({ kind }) => kind);
  const dueIds = async (kind: string): Promise<string[]> =>
    redis.zrange(`{${prefix}:${campaign.instance}:core}:due:queue:${kind}`, '0', '-1');
  return { ...windows, facts, timeline, writeRules, writeDuty, ageRules, node, first, only, entries, dueIds };
}
