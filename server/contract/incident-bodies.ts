import { type Static, Type } from 'typebox';
import { INCIDENT_ROLES, INCIDENT_TITLE_MAX, STATUS_MAX } from './incidents.ts';
import { MUTE_MINUTES } from './room.ts';
import { TIERS } from './tiers.ts';
import { WORDED } from './words.ts';

/** Bodies of the commands on incidents and on the room's sound; apart from their types, so that no screen loads a schema library. */
const closed = { additionalProperties: false } as const;
const text = (maxLength: number, minLength = 1) => Type.String({ minLength, maxLength, pattern: WORDED });
const Version = Type.Optional(
  Type.Integer({ minimum: 1, description: 'version the command was decided on; 409 when it has moved on' }),
);
const At = Type.Optional(
  Type.Integer({ minimum: 0, description: 'when it really was, ms; now when absent. Never in the future' }),
);
const Ids = Type.Array(text(128), { maxItems: 100, uniqueItems: true });
const NextUpdate = Type.Optional(
  Type.Union([Type.Integer({ minimum: 1, maximum: 1_440 }), Type.Null()], {
    description: 'minutes until the next status is promised; null: none is',
  }),
);
const Person = Type.Object({ id: text(128), name: text(128) }, closed);

export const DeclareBody = Type.Object(
  {
    /** From the worst alert when absent; needed without alerts. */
    title: Type.Optional(text(INCIDENT_TITLE_MAX)),
    /** The highest that the alerts reached when absent; orange without alerts. */
    tier: Type.Optional(Type.Enum([...TIERS])),
    alertIds: Type.Optional(Ids),
    runIds: Type.Optional(Ids),
    /** Whoever declares it when absent. */
    commander: Type.Optional(Person),
    nextUpdateMinutes: NextUpdate,
  },
  closed,
);
export type DeclareBody = Static<typeof DeclareBody>;
export const MitigateBody = Type.Object({ at: At, note: Type.Optional(text(2_000)), version: Version }, closed);
export const ResolveBody = Type.Object(
  {
    at: At,
    note: Type.Optional(text(2_000)),
    /** Although a linked Critical alert still fires; needs a note. Without it that is 409 `incident_alerts_firing`. */
    despiteFiring: Type.Optional(Type.Boolean()),
    version: Version,
  },
  closed,
);
export const ReopenBody = Type.Object({ reason: text(500), version: Version }, closed);
export const RoleBody = Type.Object(
  { role: Type.Enum([...INCIDENT_ROLES]), person: Type.Union([Person, Type.Null()]), version: Version },
  closed,
);
export const StatusBody = Type.Object(
  {
    zh: Type.Optional(text(STATUS_MAX)),
    en: Type.Optional(text(STATUS_MAX)),
    nextUpdateMinutes: NextUpdate,
    version: Version,
  },
  closed,
);
export const LinkBody = Type.Object(
  {
    alertIds: Type.Optional(Ids),
    runIds: Type.Optional(Ids),
    /** Takes the link away instead. */
    remove: Type.Optional(Type.Boolean()),
    version: Version,
  },
  closed,
);
export const ChangeBody = Type.Object(
  { title: Type.Optional(text(INCIDENT_TITLE_MAX)), tier: Type.Optional(Type.Enum([...TIERS])), version: Version },
  closed,
);
export const IncidentNoteBody = Type.Object({ text: text(2_000) }, closed);
/** `POST /api/v1/sound/mute`: 0 ends a mute. */
export const MuteBody = Type.Object({ minutes: Type.Enum([0, ...MUTE_MINUTES]) }, closed);
