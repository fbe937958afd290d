import { type Faults, faultsProblem } from './faults.ts';
import type { Platform } from './platform.ts';

interface ControlReply {
  readonly status: number;
  readonly value: object;
}
const wrong = (message: string): ControlReply => ({ status: 400, value: { message } });

/**
 * The switchboard of the simulator, beside what a platform has:
 * `GET /control/state` · `POST /control/faults {objectId?, faults|null}` · `POST /control/manual {objectId, dailyBudgetMinor}` ·
 * `POST /control/charge {objectId, wantedMinor, day}`.
 */
export function controlReply(platform: Platform, route: string, body: string): ControlReply {
  if (route === 'GET /control/state') return { status: 200, value: stateOf(platform) };
  let asked: Readonly<Record<string, unknown>>;
  try {
    asked = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return wrong('the body is not JSON');
  }
  const { objectId = '*', faults, dailyBudgetMinor, wantedMinor, day } = asked;
  if (typeof objectId !== 'string' || (objectId !== '*' && !platform.objects.has(objectId)))
    return wrong(`no object ${String(objectId)}`);
  if (route === 'POST /control/faults') {
    if (faults !== null && (typeof faults !== 'object' || Array.isArray(faults)))
      return wrong('faults is an object or null');
    const problem = faults === null ? null : faultsProblem(faults as Record<string, unknown>);
    if (problem !== null) return wrong(problem);
    platform.faults.change(objectId, faults as Partial<Faults> | null);
    return { status: 200, value: platform.faults.of(objectId) };
  }
  const object = platform.objects.get(objectId);
  if (object === undefined) return wrong('name one objectId');
  if (route === 'POST /control/manual') {
    if (!Number.isSafeInteger(dailyBudgetMinor)) return wrong('dailyBudgetMinor is a whole amount');
    object.setByHand(dailyBudgetMinor as number, platform.nowMs());
    return { status: 200, value: object.reading };
  }
  if (route === 'POST /control/charge') {
    if (!Number.isSafeInteger(wantedMinor) || typeof day !== 'string') return wrong('wantedMinor and day are needed');
    const { overdelivery } = platform.faults.of(objectId);
    const chargedMinor = object.charge(wantedMinor as number, day, overdelivery ?? undefined);
    return { status: 200, value: { ...object.reading, chargedMinor } };
  }
  return { status: 404, value: { message: 'nothing here' } };
}

function stateOf(platform: Platform): object {
  const objects = [...platform.objects.values()].map((object) => ({
    ...object.reading,
    channel: object.channel,
    faults: platform.faults.of(object.objectId),
    changes: object.changes,
  }));
  return { objects, calls: platform.calls };
}
