import type { Tokens } from 'marked';
import type { Check, Rich, RunbookStep, Words } from '#contract/runbooks';
import { parseCheck } from './check.ts';
import { both, bothRich, items, type Placed, type Report, type Section } from './source.ts';

const HEADING = /^(\d+)\. (.+)$/;
const ITEM = /^([A-Z][a-z ]+): (.+)$/;
const LINK = /^\[(.+)\]\((\S+)\)$/;
const NOTHING: Rich = { zh: [], en: [] };

/** A check as it stands in backquotes, or bare. Wrong ones are reported and left out. */
export function readCheckText(text: string, line: number, report: Report): Check | null {
  const check = parseCheck(text.replace(/^`(.*)`$/, '$1'));
  if (typeof check !== 'string') return check;
  report(line, check);
  return null;
}

interface Draft {
  role: string;
  expectedMs: number;
  do: Rich[];
  expect: Rich | null;
  otherwise: number | null;
  links: { href: string; title: Words }[];
  action: string | null;
  rollback: Rich | null;
  verify: Check | null;
}

/** One `- Key: value` of a step. */
function readItem(draft: Draft, { line, text }: { line: number; text: string }, report: Report): void {
  const [, key = '', value = ''] = ITEM.exec(text) ?? [];
  switch (key) {
    case 'Role':
      draft.role = value;
      return;
    case 'Time': {
      const minutes = /^(\d+) min$/.exec(value)?.[1];
      if (minutes === undefined) {
        report(line, `Time is "<n> min", not "${value}"`);
        return;
      }
      draft.expectedMs = Number(minutes) * 60_000;
      return;
    }
    case 'Do':
      draft.do.push(bothRich(value, line, report));
      return;
    case 'Expect':
      draft.expect = bothRich(value, line, report);
      return;
    case 'Roll back':
      draft.rollback = bothRich(value, line, report);
      return;
    case 'Otherwise': {
      const step = /^step (\d+)$/.exec(value)?.[1];
      if (step === undefined) {
        report(line, `Otherwise is "step <n>", not "${value}"`);
        return;
      }
      draft.otherwise = Number(step);
      return;
    }
    case 'Link': {
      const [, title, href = ''] = LINK.exec(value) ?? [];
      if (title === undefined) {
        report(line, 'Link is "[中文 · English](address)"');
        return;
      }
      draft.links.push({ href, title: both(title, line, report) });
      return;
    }
    case 'Action':
      draft.action = value;
      return;
    case 'Verify':
      draft.verify = readCheckText(value, line, report);
      return;
    default:
      report(
        line,
        `"${text.slice(0, 40)}" is none of Role, Time, Do, Expect, Otherwise, Link, Action, Roll back, Verify`,
      );
  }
}

export interface PlacedStep {
  readonly step: RunbookStep;
  readonly line: number;
}
/** `### <n>. 中文 · English`, each with one list of `- Key: value`. */
export function parseSteps(section: Section, report: Report): PlacedStep[] {
  const steps: PlacedStep[] = [];
  const list = [...section.tokens];
  while (list.length > 0) {
    const { token, line } = list.shift() as Placed;
    const found = token.type === 'heading' ? HEADING.exec((token as Tokens.Heading).text) : null;
    if (found === null) {
      report(line, 'a step starts with "### <n>. 中文 · English"');
      continue;
    }
    const n = Number(found[1]);
    if (n !== steps.length + 1) report(line, `step ${n} where ${steps.length + 1} comes next`);
    const draft: Draft = {
      role: '',
      expectedMs: 0,
      do: [],
      expect: null,
      otherwise: null,
      links: [],
      action: null,
      rollback: null,
      verify: null,
    };
    const body = list[0]?.token.type === 'list' ? (list.shift() as Placed) : null;
    for (const item of body === null ? [] : items(body, report)) readItem(draft, item, report);
    for (const [missing, name] of [
      [draft.role === '', 'Role'],
      [draft.expectedMs === 0, 'Time'],
      [draft.do.length === 0, 'Do'],
      [draft.expect === null, 'Expect'],
    ] as const)
      if (missing) report(line, `step ${n} has no ${name}`);
    const step = { n: steps.length + 1, title: both(found[2] ?? '', line, report), ...draft };
    steps.push({ step: { ...step, expect: draft.expect ?? NOTHING }, line });
  }
  return steps;
}
