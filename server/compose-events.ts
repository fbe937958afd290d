import type { ComposeOptions } from './compose-options.ts';
import type { OpenStore } from './compose-store.ts';
import type { Config } from './config.ts';
import { ChangeBook } from './ingest/change-book.ts';
import { BodyGate, DiskGuard, QuotaGate } from './ingest/gate.ts';
import { createIngest } from './ingest/ingest.ts';
import { createPeople } from './people/people.ts';
import { createTimeline } from './room/timeline.ts';
import { DeadLetters } from './store/dead-letters.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import { Mirror } from './windows/mirror.ts';
import { Sketches } from './windows/sketches.ts';

/** The way of an event: from a body over the batches to the windows that this node mirrors. */
export type WayIn = ReturnType<typeof createWayIn>;

export function createWayIn(config: Config, options: ComposeOptions, store: OpenStore) {
  const { redis, reader, clock, campaign, table, keys, prefix, instance } = store;
  const { log } = options;
  const sketches = new Sketches(
    reader,
    prefix,
    instance,
    (campaign.file.dimensions.channel ?? []).map(({ id }) => id),
  );
  const mirror = new Mirror({ redis: reader, clock, keys, table, campaign, sketches });
  const letters = new DeadLetters(redis, prefix, instance);
  const timeline = createTimeline(redis, prefix, instance);
  const people = createPeople({ redis, prefix, instance, config, log, passwordCost: options.passwordCost });
  const disk = new DiskGuard(config.dataDir);
  const changes = new ChangeBook((source, params) =>
    timeline.append({ kind: 'change.recorded', actor: { kind: 'system', id: source }, params }),
  );
  const quotas = new QuotaGate();
  const bodies = new BodyGate();
  const telemetry = createTelemetry({ build: options.build, faroCollectorUrl: config.faroCollectorUrl, log });
  const counted = createIngest({
    campaign,
    table,
    keys,
    redis,
    clock,
    dedupeMaxIds: config.dedupeMaxIds,
    windows: mirror,
    keepDead: (items, by) => letters.keep(items, by, clock.nowMs()),
    addBuyers: (buyers) => sketches.add(buyers),
    onChanges: (changed) => changes.record(changed),
    onFlush: telemetry.events.onFlush,
  });
  const ingest = telemetry.events.metered(counted);
  return { mirror, letters, timeline, people, disk, quotas, bodies, telemetry, ingest };
}
