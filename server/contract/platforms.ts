import { type Static, Type } from 'typebox';
import { AMOUNT_MAX_MINOR, BudgetReason, type PlatformView } from './budget-accounts.ts';
import { type Role, roleMay } from './permissions.ts';

/**
 * How one channel's money is set on an ad platform, and what that platform does to budgets. Part of the campaign file
 * (`budgets.platforms.<channel>`); amounts are minor units of the campaign's currency and are never scaled: a platform's
 * minimum is the same for a small sale. Numbers of the documented platforms: `server/budget/platforms/README.md`.
 */
const closed = { additionalProperties: false } as const;
export const PlatformLink = Type.Object(
  {
    /** The external ad account or set whose daily budget is ours to set; one object belongs to one channel. */
    objectId: Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$' }),
    /** Where commands go: a name in HOOKS_FILE with its address and signing secrets. */
    hook: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
    /** Changes that the platform takes of one object in `quotaWindowS` seconds, a token bucket. */
    quotaCount: Type.Integer({ minimum: 1, maximum: 10_000 }),
    quotaWindowS: Type.Integer({ minimum: 1, maximum: 86_400 }),
    /** Daily budgets lie within these, both included. */
    minMinor: Type.Integer({ minimum: 0, maximum: 1e15 }),
    maxMinor: Type.Integer({ minimum: 1, maximum: 1e15 }),
    /** A change smaller than this is refused by the platform; 0: any. */
    minStepMinor: Type.Integer({ minimum: 0, maximum: 1e15 }),
    /** The deepest cut: never below `floorSpentRatio` × spent today + frozen, nor below spent today + `floorSpentPlusMinor`. */
    floorSpentRatio: Type.Number({ minimum: 1, maximum: 10 }),
    floorSpentPlusMinor: Type.Integer({ minimum: 0, maximum: 1e15 }),
    /** The platform may charge this many times the budget in a day; 1: never more than the budget. */
    overdeliveryFactor: Type.Number({ minimum: 1, maximum: 5 }),
    /** Of which budget: the present one, or the highest that was set today (a cut today then frees nothing today). */
    overdeliveryOf: Type.Enum(['present', 'highest_today']),
    /** A change of more than this part restarts the platform's learning phase: shown and priced, never blocked. */
    learningResetRatio: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10 })),
  },
  closed,
);
export type PlatformLink = Static<typeof PlatformLink>;

/** What a platform says of one object, today in the campaign's zone. */
export interface PlatformReading {
  readonly objectId: string;
  readonly dailyBudgetMinor: number;
  readonly spentMinor: number;
  /** Charged but not final; counts as spent for the deepest cut. */
  readonly frozenMinor: number;
  /** Highest daily budget that was set today. */
  readonly highestTodayMinor: number;
  /** Rises with every change of the budget, whoever made it. */
  readonly version: number;
}

/** Lowest daily budget that the platform takes now, minor units. */
export function platformMinMinor(
  link: Pick<PlatformLink, 'minMinor' | 'floorSpentRatio' | 'floorSpentPlusMinor'>,
  { spentMinor, frozenMinor }: Pick<PlatformReading, 'spentMinor' | 'frozenMinor'>,
): number {
  const byRatio = spentMinor === 0 ? frozenMinor : Math.ceil(link.floorSpentRatio * spentMinor) + frozenMinor;
  const byStep = spentMinor === 0 ? 0 : spentMinor + link.floorSpentPlusMinor;
  return Math.max(link.minMinor, byRatio, byStep);
}

/**
 * What the platform may still charge today after the deepest cut it accepts, minor units (I4). Money under this is not free to
 * move, whatever the ledger says is available.
 */
export function exposureMinor(
  link: PlatformLink,
  reading: Pick<PlatformReading, 'spentMinor' | 'frozenMinor' | 'highestTodayMinor'>,
): number {
  const lowest = platformMinMinor(link, reading);
  const { overdeliveryFactor, overdeliveryOf } = link;
  const budget = overdeliveryOf === 'highest_today' ? Math.max(reading.highestTodayMinor, lowest) : lowest;
  const mayChargeMinor = Math.max(lowest, overdeliveryFactor === 1 ? 0 : Math.ceil(overdeliveryFactor * budget));
  return Math.max(0, mayChargeMinor - reading.spentMinor);
}

/**
 * What the console posts to a platform's hook, signed as Standard Webhooks say (`webhook-id` is the same over all tries of one
 * command). Budgets are absolute, so a command that arrives twice changes nothing the second time.
 */
export type PlatformRequest =
  | {
      readonly type: 'budget.set';
      readonly data: { readonly objectId: string; readonly dailyBudgetMinor: number; readonly currency: string };
    }
  | { readonly type: 'budget.read'; readonly data: { readonly objectId: string } };

/**
 * What a hook answers with 200. After a set, what counts is `reading.dailyBudgetMinor`: a platform that clamps says so there and
 * nowhere else. 429 with Retry-After: over the quota, not done. Anything else, or no answer: it may have been done.
 */
export const PlatformReply = Type.Object(
  {
    reading: Type.Object({
      objectId: Type.String(),
      dailyBudgetMinor: Type.Integer({ minimum: 0, maximum: 9e15 }),
      spentMinor: Type.Integer({ minimum: 0, maximum: 9e15 }),
      frozenMinor: Type.Integer({ minimum: 0, maximum: 9e15 }),
      highestTodayMinor: Type.Integer({ minimum: 0, maximum: 9e15 }),
      version: Type.Integer({ minimum: 0 }),
    }),
    /** The platform will not do it; nothing has changed. */
    rejected: Type.Optional(
      Type.Object({ code: Type.String({ maxLength: 64 }), message: Type.String({ maxLength: 500 }) }),
    ),
  },
  { additionalProperties: true },
);
export type PlatformReply = Static<typeof PlatformReply>;

// ---------------------------------------------------------------- drift
/**
 * Settling drift (`PlatformView.driftMinor`, theirs − ours): `POST /api/v1/budget/platforms/{channel}/adopt` or `…/reassert`, with an
 * Idempotency-Key; `…/look` reads the platform now (no body, no key). All three answer a `PlatformView`. Neither moves money:
 * `adopt` takes theirs as what is right for today (tomorrow's budget is what is left of the allocation again), `reassert` asks the
 * platform for ours again, as a command of its outbox. Errors: 404 `not_found` (no platform), 409 `conflict` (no drift, or ours is on its
 * way), 409 `version_conflict` (theirs is another by now, in `theirsMinor`), 403 `forbidden` (`mayAdopt`), 504 `platform_unknown` (look only).
 */
export const DriftBody = Type.Object(
  {
    /** The platform's budget that the person saw and decides about: `readBackMinor`. */
    theirsMinor: Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }),
    reason: Type.Optional(BudgetReason),
  },
  closed,
);
export type DriftBody = Static<typeof DriftBody>;
/** `GET /api/v1/budget/platforms` */
export interface PlatformsReply {
  readonly platforms: readonly (PlatformView & { readonly channel: string })[];
}

/**
 * A budget that somebody raised on the platform's own pages may be spent once it is adopted, and what has no money in the ledger is
 * then paid by the reserve: finance or a commander adopts it, else whoever raised it there would have gone round every approval. A lower
 * one, and asking for ours again, is for everybody who may freeze.
 */
export const mayAdopt = (role: Role, { driftMinor }: Pick<PlatformView, 'driftMinor'>): boolean =>
  roleMay(role, (driftMinor ?? 0) > 0 ? 'budget.unfreeze' : 'budget.freeze');
