import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '#contract/errors';
import { TEXT_PATTERN } from '#contract/events';
import { type ClientToServerEvents, type JoinRequest, type ScreenInfo, VIEWS } from '#contract/frames';
import { ROOM_PATTERN } from '#contract/room';
import type { Position } from '#contract/timeline';

const closed = { additionalProperties: false } as const;
const PositionSchema = Type.Object(
  { epoch: Type.String({ maxLength: 64 }), seq: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) },
  closed,
);
const After = Type.Union([PositionSchema, Type.Null()]);
const ScreenSchema = Type.Object(
  {
    screenId: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    build: Type.String({ pattern: '^[A-Za-z0-9._+-]{1,64}$' }),
    scene: Type.String({ pattern: TEXT_PATTERN, maxLength: 64 }),
    frameAgeMs: Type.Union([Type.Number({ minimum: 0, maximum: 1e12 }), Type.Null()]),
    heapBytes: Type.Union([Type.Number({ minimum: 0, maximum: 1e15 }), Type.Null()]),
    room: Type.Optional(Type.String({ pattern: ROOM_PATTERN })),
    voice: Type.Optional(Type.String({ pattern: '^[a-z0-9]{1,32}$' })),
  },
  closed,
);

/** What each client event carries, checked before its handler runs. */
export interface Requests {
  readonly join: JoinRequest;
  readonly leave: Record<string, never>;
  readonly resume: { readonly timelineAfter: Position | null };
  readonly report: ScreenInfo;
}
export type EventName = keyof ClientToServerEvents & keyof Requests;

const CHECKS = {
  join: Compile(
    Type.Object(
      { view: Type.Enum([...VIEWS]), timelineAfter: After, alertsAfter: Type.Optional(After), screen: ScreenSchema },
      closed,
    ),
  ),
  leave: Compile(Type.Object({}, closed)),
  resume: Compile(Type.Object({ timelineAfter: After }, closed)),
  report: Compile(ScreenSchema),
} as const satisfies Record<EventName, unknown>;

export const isEventName = (name: unknown): name is EventName =>
  typeof name === 'string' && Object.hasOwn(CHECKS, name);

/** @throws {AppError} `view_unknown` or `validation` naming the field */
export function readRequest<Name extends EventName>(name: Name, value: unknown): Requests[Name] {
  const check = CHECKS[name];
  if (check.Check(value)) return value as unknown as Requests[Name];
  const first = check.Errors(value)[0];
  const field = first?.instancePath || '/';
  if (name === 'join' && field === '/view') throw new AppError('view_unknown', 'there is no such view', { field });
  throw new AppError('validation', `${field} ${first?.message ?? 'is not valid'}`, { field });
}
