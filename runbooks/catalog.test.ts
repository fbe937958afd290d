import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PATHS } from '../client/router.ts';
import { SCENES as WALL_SCENES } from '../client/screens/scenes.ts';
import { CATALOG_FOLDER, readCatalog } from './catalog.ts';
import { checkCatalog, PAGES, SCENES, shippedWorld } from './check-catalog.ts';
import { lintRunbook } from './domain/lint.ts';
import { parseRunbook } from './domain/parse-runbook.ts';
import { undoEffectOf } from './domain/undo-effect.ts';

const TODAY = '2026-11-21';
const text = readFileSync(`${CATALOG_FOLDER}payment-risk.md`, 'utf8');
const world = shippedWorld(TODAY, ['payment-risk', 'technical-failure']);
/** Faults of the plan after one change, as `line: what`; the line is that of the changed text. */
function faults(from: string | RegExp, to: string, today = TODAY): string[] {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  const { parsed, problems } = parseRunbook(changed, '');
  const all = [...problems, ...(parsed === null ? [] : lintRunbook(parsed, { ...world, today }))];
  return all.map(({ line, what }) => `${line}: ${what}`);
}
const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

/** Every Chinese text of a plan. */
function chinese(part: unknown, isZh = false): string[] {
  if (typeof part === 'string') return isZh ? [part] : [];
  if (part === null || typeof part !== 'object') return [];
  return Object.entries(part).flatMap(([key, each]) => chinese(each, key === 'zh' || (isZh && key !== 'type')));
}

describe('the catalogue', () => {
  it('[RUN16] links are held against the pages and scenes that the console has', () => {
    const noPlans = ['/', '/login', '/kiosk', '/password'];
    expect([...PAGES].sort()).toEqual(
      PATHS.filter((path) => !noPlans.includes(path))
        .map((path) => path.slice(1))
        .sort(),
    );
    expect([...SCENES]).toEqual(WALL_SCENES.map(({ id }) => id));
  });
  it('[RUN15] Chinese text has full-width punctuation', () => {
    const half = /[\u3400-\u9fff}][,;:?!]|[,;:?!][\u3400-\u9fff]|["(][\u3400-\u9fff]|[\u3400-\u9fff]["(]/;
    for (const { parsed, file } of readCatalog())
      expect(
        chinese(parsed?.runbook).filter((each) => half.test(each)),
        file,
      ).toEqual([]);
  });
  it('[RUN14] the shipped plans have no fault, and every contingency plan of a campaign has one', () => {
    expect(checkCatalog(TODAY)).toEqual([]);
    expect(readCatalog().map(({ file }) => file)).toHaveLength(8);
  });
  it('[RUN14] each plan is whole: symptoms, a decision, steps that act and verify, messages in both languages', () => {
    for (const { parsed } of readCatalog()) {
      const runbook = parsed?.runbook;
      expect(runbook?.symptoms.length, runbook?.id).toBeGreaterThanOrEqual(3);
      expect(runbook?.decisions.length, runbook?.id).toBeGreaterThanOrEqual(3);
      expect(runbook?.steps.length, runbook?.id).toBeGreaterThanOrEqual(5);
      expect(runbook?.messages.length, runbook?.id).toBeGreaterThanOrEqual(2);
      expect(runbook?.after.length, runbook?.id).toBeGreaterThanOrEqual(2);
      expect(runbook?.steps.filter(({ action }) => action !== null).length, runbook?.id).toBeGreaterThanOrEqual(2);
    }
  });
  it('[RUN19] the check of a freeze, a silence or a banner looks at what it does, and every undoing has words of its own', () => {
    for (const { parsed } of readCatalog())
      for (const { action, verify } of parsed?.runbook.steps ?? []) {
        const spec = parsed?.runbook.actions[action ?? ''];
        if (spec === undefined) continue;
        expect([spec.title.en, verify?.inEffect === true]).toEqual([spec.title.en, spec.type !== 'webhook']);
        for (const lang of ['zh', 'en'] as const) expect(undoEffectOf(spec)[lang]).not.toBe(spec.effect[lang]);
        if (spec.type === 'webhook') expect(spec.undoEffect, spec.hook).toBeDefined();
      }
  });
  it('[RUN15] reads a step whole, in both languages', () => {
    const step = parseRunbook(text, 'p').parsed?.runbook.steps[2];
    expect(step).toMatchObject({
      n: 3,
      title: { zh: '回调服务扩容', en: 'Scale out the callback service' },
      role: 'tech',
      expectedMs: 300_000,
      otherwise: 4,
      action: 'scale_callbacks',
      verify: { terms: [{ kpi: 'paid_not_updated_rate', op: '<', value: 0.02 }], withinMs: 300_000 },
    });
    expect(step?.do).toHaveLength(2);
    expect(step?.expect.en).toContainEqual({ type: 'kpi', id: 'paid_not_updated_rate' });
  });
  it.each([
    [
      'a KPI that is not there, and the slip is named',
      '`paid_not_updated_rate@1m >= 8%`',
      '`paid_not_update_rate@1m >= 8%`',
      'there is no KPI paid_not_update_rate; did you mean paid_not_updated_rate?',
    ],
    [
      'a window it has not',
      '`paid_not_updated_rate@1m >= 8%`',
      '`stock_minutes_left@1h >= 8`',
      'stock_minutes_left has windows 5m, not 1h',
    ],
    [
      'an unknown dimension',
      'fault_rate@1m{service=payment}',
      'fault_rate@1m{planet=mars}',
      'fault_rate has no dimension planet',
    ],
    [
      'a link that may not be followed',
      '](/wall?scene=checkout)',
      '](javascript:alert(1))',
      'links are http, https, mailto',
    ],
    ['a page the console has not', '](/wall?scene=checkout)', '](/wal?scene=checkout)', 'the console has no such page'],
    ['a scene the wall has not', '](/wall?scene=checkout)', '](/wall?scene=checkou)', 'did you mean checkout?'],
    ['a link to a plan that is not there', '](/timeline)', '](/runbooks/technical-failur)', 'did you mean technical'],
    ['a KPI of the background', '1. 扩容回调服务；', '1. `kpi:nothing`；', 'there is no KPI nothing'],
    [
      'what one language leaves out of a message',
      'by {time} by itself',
      'by itself',
      '{…} differs between the languages',
    ],
    [
      'a role nobody defined',
      '- Role: tech',
      '- Role: tecj',
      'role tecj is none of lead, tech, users, commander; did you mean tech?',
    ],
    [
      'an unknown action',
      '- Action: poll_results',
      '- Action: poll_result',
      'there is no action poll_result; did you mean poll_results?',
    ],
    [
      'a webhook that is to be seen in effect',
      '- Verify: paid_not_updated_rate@1m < 2%',
      '- Verify: in effect',
      'only a freeze, a silence or a banner',
    ],
    ['a gap in the numbers', '### 4. ', '### 5. ', 'step 5 where 4 comes next'],
    [
      'a step that acts and has no check',
      /- Verify: in effect and cs_answer_rate.*\n/.exec(text)?.[0] ?? '',
      '',
      'acts and has no Verify',
    ],
    ['one language only', '- Expect: 两分钟内有明确结论，加投已冻结 · ', '- Expect: ', 'is not "中文 · English"'],
    [
      'languages swapped',
      '钱付了、订单没变：回调丢失或积压 · Money taken, order unchanged: callbacks are lost or queued',
      'Money taken · 钱付了',
      'no Chinese before',
    ],
    ['a step to go to that is not there', '| step 6 |', '| step 16 |', 'there is no step 16'],
    [
      'a runbook that is not there',
      'runbook technical-failure',
      'runbook technical-failur',
      'did you mean technical-failure?',
    ],
    ['a key nobody knows', '- Time: 2 min', '- Tiem: 2 min', '"Tiem: 2 min" is none of Role'],
  ])('[RUN16] finds %s', (what, from, to, told) => {
    expect(
      faults(from, to).some((fault) => fault.includes(told)),
      `${what}: ${faults(from, to)}`,
    ).toBe(true);
  });
  it('[RUN16] each fault is told with its line', () => {
    expect(faults('- Role: tech', '- Role: tecj')).toEqual([expect.stringMatching(`^${lineOf('### 2. ')}: role tecj`)]);
    const wrong = '`paid_not_updated_rate@1m >= 8%`';
    expect(faults(wrong, '`nothing@1m >= 8%`')).toEqual([`${lineOf(wrong)}: there is no KPI nothing`]);
    expect(faults('owner: lead', 'owner: 7')).toEqual([`${lineOf('owner: lead')}: /owner must be string`]);
    const hook = 'hook: scale_payment_callbacks';
    expect(faults(hook, 'hook: "Bad Hook"')[0]).toMatch(new RegExp(`^${lineOf(hook)}: /actions/scale_callbacks/hook`));
  });
  it('[RUN16] a post no campaign has, a plan no campaign has, and an alert rule that is not there', () => {
    expect(faults('lead: [risk_lead, launch_lead]', 'lead: [nobody, launch_lead]')).toEqual([
      expect.stringContaining('role lead: double11 has none of the posts nobody, launch_lead'),
    ]);
    expect(faults('plan: payment_risk', 'plan: asteroid')).toEqual([
      expect.stringContaining('no campaign has a contingency plan asteroid'),
    ]);
    expect(faults('PaidNotUpdated,', 'PaidNotUpdatet,')).toEqual([
      expect.stringContaining('did you mean PaidNotUpdated?'),
    ]);
  });
  it('[RUN16] a banner that would not fit a wall', () => {
    expect(faults('Payments update late; money is safe', 'x'.repeat(44))).toEqual([]);
    expect(faults('Payments update late; money is safe', 'x'.repeat(45))).toEqual([
      expect.stringContaining('45 letters'),
    ]);
  });
  it('[RUN17] a review that is due, a rehearsal in the future, and one too long ago', () => {
    expect(faults('review_by: 2027-01-22', 'review_by: 2026-11-20')).toEqual([expect.stringContaining('has passed')]);
    expect(faults('review_by: 2027-01-22', 'review_by: 2026-11-21')).toEqual([]);
    expect(faults('last_rehearsed: 2026-10-28', 'last_rehearsed: 2026-11-22')).toEqual([
      expect.stringContaining('in the future'),
    ]);
    expect(faults('last_rehearsed: 2026-10-28', 'last_rehearsed: 2026-10-01')).toEqual([
      expect.stringContaining('more than 92 days'),
    ]);
  });
});
