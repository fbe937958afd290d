import type { Tokens } from 'marked';
import type { ActionSpec, Block, Rich, Runbook, Words } from '#contract/runbooks';
import { type FrontAction, readFrontMatter } from './front-matter.ts';
import { blocks } from './markdown.ts';
import { parseSteps, readCheckText } from './parse-steps.ts';
import { both, bothRich, items, type Placed, type Problem, type Report, type Section, sections } from './source.ts';

/** A runbook and where its parts stand, so that a linter can point at them. */
export interface ParsedRunbook {
  readonly runbook: Runbook;
  /** `steps.<n>`, `symptoms.<i>`, `decisions.<i>`, `messages.<id>` → line. */
  readonly lines: Readonly<Record<string, number>>;
}
const FRONT = /^---\n([\s\S]*?\n)---\n/;
const SECTIONS = ['Symptoms', 'Decide', 'Steps', 'Messages', 'Background', 'After'] as const;

function actionOf(action: FrontAction): ActionSpec {
  const { second_person: secondPerson = false, undo_effect: undoEffect, ...given } = action;
  const rest = { ...given, secondPerson, ...(undoEffect === undefined ? {} : { undoEffect }) };
  return rest.type === 'webhook' ? { ...rest, undo: rest.undo ?? null } : rest;
}

/** Cells of a table as `line, cells`; the header row is for readers of the file. */
function rows(section: Section, columns: number, report: Report): { line: number; cells: string[] }[] {
  const table = section.tokens.find(({ token }) => token.type === 'table');
  if (table === undefined) {
    report(section.line, `${section.title} is a table of ${columns} columns`);
    return [];
  }
  return (table.token as Tokens.Table).rows.map((row, index) => ({
    line: table.line + 2 + index,
    cells: Array.from({ length: columns }, (_, at) => row[at]?.text ?? ''),
  }));
}

function goTo(text: string, line: number, report: Report): Runbook['decisions'][number]['goTo'] {
  const step = /^step (\d+)$/.exec(text)?.[1];
  if (step !== undefined) return { kind: 'step', n: Number(step) };
  const id = /^runbook ([a-z0-9-]+)$/.exec(text)?.[1];
  if (id !== undefined) return { kind: 'runbook', id };
  if (text !== 'stop') report(line, `"${text}" is not "step <n>", "runbook <id>" or "stop"`);
  return { kind: 'stop' };
}

function parseMessages(section: Section | undefined, report: Report, lines: Record<string, number>) {
  const messages: { id: string; title: Words; to: Words; text: Words }[] = [];
  const list = [...(section?.tokens ?? [])];
  while (list.length > 0) {
    const { token, line } = list.shift() as Placed;
    const found = token.type === 'heading' ? /^([a-z_]+): (.+)$/.exec((token as Tokens.Heading).text) : null;
    const body = found !== null && list[0]?.token.type === 'list' ? items(list.shift() as Placed, report) : [];
    const part = (key: string) => body.find(({ text }) => text.startsWith(`${key}: `));
    const [to, text] = [part('To'), part('Text')];
    if (found === null || to === undefined || text === undefined) {
      report(line, 'a message is "### <id>: 中文 · English" with "- To:" and "- Text:"');
      continue;
    }
    const id = found[1] ?? '';
    lines[`messages.${id}`] = line;
    messages.push({
      id,
      title: both(found[2] ?? '', line, report),
      to: both(to.text.slice(4), to.line, report),
      text: both(text.text.slice(6), text.line, report),
    });
  }
  return messages;
}

/** `### zh` and `### en`, each with Markdown of its own. */
function parseBackground(section: Section | undefined): Runbook['background'] {
  if (section === undefined) return null;
  const found: Record<'zh' | 'en', Block[]> = { zh: [], en: [] };
  let lang: 'zh' | 'en' = 'zh';
  for (const { token } of section.tokens) {
    const heading = token.type === 'heading' ? (token as Tokens.Heading).text : '';
    if (heading === 'zh' || heading === 'en') lang = heading;
    else found[lang].push(...blocks([token]));
  }
  return found;
}

/**
 * Reads a plan. Every fault is reported with its line; a file without usable front matter gives null.
 * @param print - SHA-256 of the file
 */
export function parseRunbook(
  source: string,
  print: string,
): { parsed: ParsedRunbook | null; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report: Report = (line, what) => void problems.push({ line, what });
  const text = source.replaceAll('\r\n', '\n');
  const front = FRONT.exec(text);
  if (front === null)
    return { parsed: null, problems: [{ line: 1, what: 'starts with front matter between two ---' }] };
  const meta = readFrontMatter(front[1] ?? '', report);
  if (meta === null) return { parsed: null, problems };
  const found = sections(text.slice(front[0].length), front[0].split('\n').length);
  const section = (title: (typeof SECTIONS)[number]): Section | undefined => found.find((one) => one.title === title);
  const empty: Section = { title: '', line: 1, tokens: [] };
  for (const { title, line } of found)
    if (title !== '' && !(SECTIONS as readonly string[]).includes(title))
      report(line, `## ${title}: the sections are ${SECTIONS.join(', ')}`);
  for (const title of ['Symptoms', 'Decide', 'Steps', 'Messages', 'After'] as const)
    if (section(title) === undefined) report(1, `no section "## ${title}"`);

  const lines: Record<string, number> = {};
  const placed = parseSteps(section('Steps') ?? empty, report);
  for (const { step, line } of placed) lines[`steps.${step.n}`] = line;
  const symptomRows = section('Symptoms') ? rows(section('Symptoms') as Section, 2, report) : [];
  const symptoms = symptomRows.flatMap(({ line, cells: [check = '', words = ''] }, index) => {
    lines[`symptoms.${index}`] = line;
    const read = readCheckText(check, line, report);
    return read === null ? [] : [{ check: read, text: bothRich(words, line, report) }];
  });
  const decisionRows = section('Decide') ? rows(section('Decide') as Section, 3, report) : [];
  const decisions = decisionRows.map(({ line, cells: [check = '', words = '', to = ''] }, index) => {
    lines[`decisions.${index}`] = line;
    return {
      check: check === '' || check === '–' ? null : readCheckText(check, line, report),
      text: bothRich(words, line, report),
      goTo: goTo(to, line, report),
    };
  });
  const after = (section('After')?.tokens ?? []).flatMap((one): Rich[] => {
    if (one.token.type !== 'list') return [];
    return items(one, report).map(({ line, text: words }) => bothRich(words, line, report));
  });
  const { chosen_by: chosenBy } = meta;
  const runbook: Runbook = {
    id: meta.id,
    plan: meta.plan,
    title: { zh: meta.zh, en: meta.en },
    owner: meta.owner,
    roles: meta.roles,
    chosenBy: {
      tiers: chosenBy.tiers,
      rules: chosenBy.rules,
      labels: chosenBy.labels ?? {},
      phases: chosenBy.phases ?? [],
    },
    lastRehearsed: meta.last_rehearsed,
    reviewBy: meta.review_by,
    timeoutMs: meta.timeout_minutes * 60_000,
    resolved: meta.resolved === undefined ? null : readCheckText(meta.resolved, 1, report),
    symptoms,
    decisions,
    steps: placed.map(({ step }) => step),
    messages: parseMessages(section('Messages'), report, lines),
    background: parseBackground(section('Background')),
    after,
    actions: Object.fromEntries(Object.entries(meta.actions ?? {}).map(([name, action]) => [name, actionOf(action)])),
    print,
  };
  return { parsed: { runbook, lines }, problems };
}
