import type { AlertHistoryEntry, PageExplanation } from '#contract/alerts';

/** Who was called after a version of an alert, and why others, or nobody, were not. */
export interface Called {
  readonly names: readonly string[];
  /** Reasons of those who were not called. */
  readonly reasons: readonly string[];
}
/** What the history says became of a call; null while it says nothing yet. Pure. */
export function calledSince(history: readonly AlertHistoryEntry[], version: number): Called | null {
  const lines = history.filter(
    ({ type, version: at }) => at > version && (type === 'notification' || type === 'no_notification'),
  );
  if (lines.length === 0) return null;
  const names = lines.flatMap(({ type, text }) => (type === 'notification' && text !== undefined ? [text] : []));
  const reasons = lines.flatMap(({ type, reason }) => (type === 'no_notification' ? [reason ?? 'other'] : []));
  return { names: [...new Set(names)], reasons: [...new Set(reasons)] };
}

export interface Choice {
  readonly name: string;
  /** Posts they hold, with the role. */
  readonly posts: readonly (readonly [post: string, role: 'A' | 'B'])[];
}
export interface Choices {
  readonly me: Choice | null;
  /** On duty for a post that is called for the alert, in the order of the steps. */
  readonly called: readonly Choice[];
  readonly others: readonly Choice[];
}
/** Whom an alert can be given to: oneself, then who is on duty for it, then whoever else is on duty. Pure. */
export function choicesOf(
  me: string,
  people: readonly Pick<PageExplanation, 'person' | 'post' | 'role'>[],
  explanation: readonly Pick<PageExplanation, 'person' | 'step'>[],
): Choices {
  const byName = new Map<string, Choice>();
  for (const { person, post, role } of people) {
    const before = byName.get(person);
    byName.set(person, { name: person, posts: [...(before?.posts ?? []), [post, role]] });
  }
  const steps = new Map<string, number>();
  for (const { person, step } of explanation)
    if (step !== null) steps.set(person, Math.min(step, steps.get(person) ?? step));
  const rest = [...byName.values()].filter(({ name }) => name !== me);
  const stepOf = ({ name }: Choice): number => steps.get(name) ?? Number.POSITIVE_INFINITY;
  return {
    me: me === '' ? null : (byName.get(me) ?? { name: me, posts: [] }),
    called: rest.filter(({ name }) => steps.has(name)).sort((a, b) => stepOf(a) - stepOf(b)),
    others: rest.filter(({ name }) => !steps.has(name)),
  };
}

/** Who is told of in "who was called, and why (not)", the reader first; whoever asks is answered, also off duty. Pure. */
export function whyRows(
  explanation: readonly PageExplanation[],
  me: string,
): { readonly rows: readonly PageExplanation[]; readonly othersCount: number } {
  const order = (one: PageExplanation): number =>
    (one.person === me ? 0 : 4) + (one.paged ? 0 : one.dueAt !== null ? 1 : one.step !== null ? 2 : 3);
  const shown = explanation.filter(({ person, paged, step }) => person === me || paged || step !== null);
  const isExplained = me === '' || explanation.some(({ person }) => person === me);
  const off = {
    person: me,
    post: '',
    role: 'A',
    step: null,
    paged: false,
    reason: 'not on duty',
    dueAt: null,
  } as const;
  return {
    rows: [...(isExplained ? [] : [off]), ...shown].sort((a, b) => order(a) - order(b)),
    othersCount: explanation.length - shown.length,
  };
}
