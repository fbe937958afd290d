import type { Inline, Runbook } from '#contract/runbooks';
import { inlinesOf, references, safeHref } from './markdown.ts';
import type { ParsedRunbook } from './parse-runbook.ts';
import type { Problem } from './source.ts';

/** What a plan may speak of; all of it is data of the product and its campaigns. */
export interface Known {
  /** KPI id → windows it is answered for, and its dimensions. */
  readonly kpis: ReadonlyMap<string, { readonly windows: readonly string[]; readonly dimensions: readonly string[] }>;
  readonly runbooks: ReadonlySet<string>;
  readonly campaigns: readonly {
    readonly id: string;
    readonly posts: ReadonlySet<string>;
    readonly plans: ReadonlySet<string>;
    readonly phases: ReadonlySet<string>;
  }[];
  /** Alert rules; null: none are known yet, so they are not held against. */
  readonly rules: ReadonlySet<string> | null;
  /** First path segment of the console's pages. */
  readonly pages: ReadonlySet<string>;
  /** Scenes of its wall. */
  readonly scenes: ReadonlySet<string>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}
/** Every plan is drilled at least quarterly. */
export const REHEARSED_WITHIN_DAYS = 92;
/** Room of a banner in a wall's head, in Latin letters; Han count twice. */
export const BANNER_LETTERS = 44;
const DAY_MS = 86_400_000;

/** Closest known name, when it is close: most faults are slips. */
function near(name: string, known: Iterable<string>): string {
  let best = '';
  let least = 3;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === '' ? '' : `; did you mean ${best}?`;
}
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(
        (next[j - 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Holds one plan against what it speaks of: KPIs, posts, pages, steps, actions and dates. */
export function lintRunbook({ runbook, lines }: ParsedRunbook, known: Known): Problem[] {
  const problems: Problem[] = [];
  const say = (at: string, what: string): void => void problems.push({ line: lines[at] ?? 1, what });
  checkChoice(runbook, known, say);
  checkDates(runbook, known, say);
  checkSteps(runbook, known, say);
  checkMessages(runbook, say);
  runbook.decisions.forEach(({ goTo }, index) => {
    if (goTo.kind === 'step' && (goTo.n < 1 || goTo.n > runbook.steps.length))
      say(`decisions.${index}`, `there is no step ${goTo.n}`);
    if (goTo.kind === 'runbook' && !known.runbooks.has(goTo.id))
      say(`decisions.${index}`, `there is no runbook ${goTo.id}${near(goTo.id, known.runbooks)}`);
  });
  for (const [at, check] of [
    ['', runbook.resolved] as const,
    ...runbook.symptoms.map(({ check }, index) => [`symptoms.${index}`, check] as const),
    ...runbook.decisions.map(({ check }, index) => [`decisions.${index}`, check] as const),
    ...runbook.steps.map(({ n, verify }) => [`steps.${n}`, verify] as const),
  ])
    for (const { kpi, window, labels } of check?.terms ?? []) {
      const found = known.kpis.get(kpi);
      if (found === undefined) say(at, `there is no KPI ${kpi}${near(kpi, known.kpis.keys())}`);
      else if (!found.windows.includes(window))
        say(at, `${kpi} has windows ${found.windows.join(', ')}, not ${window}`);
      for (const name of Object.keys(labels))
        if (found !== undefined && !found.dimensions.includes(name)) say(at, `${kpi} has no dimension ${name}`);
    }
  for (const [at, nodes] of texts(runbook)) {
    const { links, kpis } = references(nodes);
    for (const kpi of kpis) if (!known.kpis.has(kpi)) say(at, `there is no KPI ${kpi}${near(kpi, known.kpis.keys())}`);
    for (const href of links) checkLink(href, at, known, say);
    for (const text of nodes) if (text.type === 'text' && /\]\(/.test(text.text)) say(at, `not a link: ${text.text}`);
  }
  return problems.sort((a, b) => a.line - b.line);
}

type Say = (at: string, what: string) => void;

function checkChoice({ roles, owner, plan, chosenBy, actions, steps }: Runbook, known: Known, say: Say): void {
  if (roles[owner] === undefined) say('', `owner ${owner} is none of the roles ${Object.keys(roles).join(', ')}`);
  const planned = known.campaigns.filter(({ plans }) => plans.has(plan));
  if (planned.length === 0) say('', `no campaign has a contingency plan ${plan}`);
  for (const { id, posts } of planned)
    for (const [role, candidates] of Object.entries(roles))
      if (!candidates.some((post) => posts.has(post)))
        say('', `role ${role}: ${id} has none of the posts ${candidates.join(', ')}`);
  for (const phase of chosenBy.phases)
    if (!known.campaigns.some(({ phases }) => phases.has(phase))) say('', `no campaign has a phase ${phase}`);
  for (const rule of known.rules === null ? [] : chosenBy.rules) {
    const matches = [...(known.rules ?? [])].some((one) =>
      rule.endsWith('*') ? one.startsWith(rule.slice(0, -1)) : one === rule,
    );
    if (!matches) say('', `no alert rule is called ${rule}${near(rule, known.rules ?? [])}`);
  }
  const letters = (text: string): number =>
    [...text].reduce((sum, one) => sum + (/[\u2e80-\uffef]/.test(one) ? 2 : 1), 0);
  for (const [name, action] of Object.entries(actions))
    for (const text of action.type === 'banner' ? Object.values(action.text) : [])
      if (letters(text) > BANNER_LETTERS)
        say('', `the banner of ${name} has ${letters(text)} letters; a wall shows ${BANNER_LETTERS}, Han count twice`);
  for (const name of Object.keys(actions))
    if (!steps.some(({ action }) => action === name)) say('', `no step uses the action ${name}`);
}

function checkDates({ lastRehearsed, reviewBy }: Runbook, { today }: Known, say: Say): void {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
  for (const [name, text] of [
    ['last_rehearsed', lastRehearsed],
    ['review_by', reviewBy],
  ] as const)
    if (Number.isNaN(day(text))) say('', `${name} ${text} is not a day`);
  if (lastRehearsed > today) say('', `last_rehearsed ${lastRehearsed} is in the future`);
  if (reviewBy < today) say('', `review_by ${reviewBy} has passed: rehearse it, then set both dates`);
  if (day(reviewBy) - day(lastRehearsed) > REHEARSED_WITHIN_DAYS * DAY_MS)
    say(
      '',
      `review_by is more than ${REHEARSED_WITHIN_DAYS} days after last_rehearsed: every plan is drilled quarterly`,
    );
}

function checkSteps({ steps, roles, actions }: Runbook, known: Known, say: Say): void {
  if (steps.length === 0) say('', 'a runbook has at least one step');
  for (const { n, role, otherwise, links, action, rollback, verify } of steps) {
    const at = `steps.${n}`;
    if (role !== '' && roles[role] === undefined)
      say(at, `role ${role} is none of ${Object.keys(roles).join(', ')}${near(role, Object.keys(roles))}`);
    if (otherwise !== null && (otherwise > steps.length || otherwise === n))
      say(at, `there is no step ${otherwise} to go to`);
    for (const { href } of links) checkLink(href, at, known, say);
    if (verify?.inEffect && (action === null || actions[action]?.type === 'webhook'))
      say(at, `step ${n}: only a freeze, a silence or a banner can be seen to be in effect`);
    if (action === null) continue;
    if (actions[action] === undefined) say(at, `there is no action ${action}${near(action, Object.keys(actions))}`);
    if (verify === null) say(at, `step ${n} acts and has no Verify`);
    if (rollback === null) say(at, `step ${n} acts and has no Roll back`);
  }
}

function checkLink(href: string, at: string, { pages, scenes, runbooks }: Known, say: Say): void {
  if (safeHref(href) === null) {
    say(at, `${href}: links are http, https, mailto or a page of the console`);
    return;
  }
  if (!href.startsWith('/')) return;
  const { pathname, searchParams } = new URL(href, 'http://console');
  const [page = '', item] = pathname.slice(1).split('/');
  const scene = searchParams.get('scene');
  if (!pages.has(page)) say(at, `${href}: the console has no such page`);
  else if (page === 'runbooks' && item && !runbooks.has(item))
    say(at, `${href}: there is no runbook ${item}${near(item, runbooks)}`);
  else if (page === 'wall' && scene !== null && !scenes.has(scene))
    say(at, `${href}: the wall has no scene ${scene}${near(scene, scenes)}`);
}

/** What a sender fills in: the same in both languages, or one of them goes out with a hole in it. */
function checkMessages({ messages }: Runbook, say: Say): void {
  const holes = (text: string): string => [...new Set(text.match(/\{\w*\}/g) ?? [])].sort().join(' ');
  for (const { id, text } of messages)
    if (holes(text.zh) !== holes(text.en))
      say(`messages.${id}`, `message ${id}: {…} differs between the languages: ${holes(text.zh)} · ${holes(text.en)}`);
}

function* texts(runbook: Runbook): Generator<readonly [string, readonly Inline[]]> {
  for (const step of runbook.steps)
    for (const rich of [...step.do, step.expect, ...(step.rollback === null ? [] : [step.rollback])])
      yield [`steps.${step.n}`, [...rich.zh, ...rich.en]];
  for (const [index, { text }] of runbook.symptoms.entries()) yield [`symptoms.${index}`, [...text.zh, ...text.en]];
  for (const [index, { text }] of runbook.decisions.entries()) yield [`decisions.${index}`, [...text.zh, ...text.en]];
  for (const rich of runbook.after) yield ['', [...rich.zh, ...rich.en]];
  for (const block of [...(runbook.background?.zh ?? []), ...(runbook.background?.en ?? [])])
    yield ['', inlinesOf(block)];
}
