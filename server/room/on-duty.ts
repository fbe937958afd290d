import type { DutyPerson } from '#contract/alerts';
import type { FrameRoom } from '#contract/room';
import type { Duty } from '../../alerts/duty.ts';
import { nameKey } from '../people/domain/names.ts';

/** How many people who are on now are here, each once however many posts they hold. Names are compared as accounts are. Pure. */
export function dutyHereCount(people: readonly Pick<DutyPerson, 'person'>[], present: ReadonlySet<string>): number {
  return new Set(people.map(({ person }) => nameKey(person)).filter((name) => present.has(name))).size;
}
/** Who commands: the rotating post, else the first one that is called a commander; null: nobody does. Pure. */
export function commanderOf(people: readonly DutyPerson[], rotating: string | null): string | null {
  const held = people.filter(({ role }) => role === 'A');
  const post = held.find(({ post: id }) => id === rotating) ?? held.find(({ post: id }) => /commander/.test(id));
  return post?.person ?? null;
}

export interface OnDutyDeps {
  readonly duty: Pick<Duty, 'reply' | 'roster'>;
  /** Keys of the names of whoever is here. */
  readonly present: () => ReadonlySet<string>;
  /** Redis time, ms. */
  readonly nowMs: () => number;
}
/** Who is on duty, as every frame tells it; worked out once a second. */
export function createOnDuty({ duty, present, nowMs }: OnDutyDeps) {
  let second = -1;
  let known: { readonly count: number; readonly commander: string | null } = { count: 0, commander: null };
  function now(): typeof known {
    const at = Math.floor(nowMs() / 1_000);
    if (at === second) return known;
    second = at;
    const { people } = duty.reply();
    const commander = commanderOf(people, duty.roster().rotation?.post ?? null);
    known = { count: dutyHereCount(people, present()), commander };
    return known;
  }
  return {
    count: (): number => now().count,
    frame(): Pick<FrameRoom, 'commander'> {
      const { commander } = now();
      return commander === null ? {} : { commander };
    },
  };
}
