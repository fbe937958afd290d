import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { AlertRule, RulesReply } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { RuleTestResult } from '#contract/rule-pages';
import type { Campaign } from '../server/domain/campaign.ts';
import type { Timeline } from '../server/room/timeline.ts';
import { BUNDLED_RULES, loadRules, type RuleSet, ruleFiles } from './load-rules.ts';
import type { RunnableRule } from './rule.ts';
import { readRuleTest, runRuleTest } from './rule-test.ts';

/** The campaign whose names and thresholds the shipped rule tests use. */
const TESTED_CAMPAIGN = 'double11';

export interface RuleBookDeps {
  readonly campaign: Campaign;
  readonly nowMs: () => number;
  readonly timeline: Pick<Timeline, 'append'>;
  /** Folder of the rules; the bundled ones when absent. */
  readonly folder?: string | undefined;
  /** What is wrong besides, such as with the duty file. */
  readonly problems: readonly string[];
}

/** The rules of one node: loaded, reloaded (unsound ones are refused and the old ones go on), and shown as text with their tests. */
export function createRuleBook({ campaign, nowMs, timeline, folder = BUNDLED_RULES, problems: besides }: RuleBookDeps) {
  let set: RuleSet = { rules: [], problems: [], skipped: [] };
  let byId: ReadonlyMap<string, RunnableRule> = new Map();
  let texts: ReadonlyMap<string, string> = new Map();
  let tests: readonly { readonly file: string; readonly text: string }[] = [];
  let loadedAt = 0;
  let refused: RulesReply['refused'] = null;

  /** @throws {AppError} `rules_invalid` when the rules are not sound */
  function load(): void {
    const next = loadRules(campaign, folder);
    const problems = [...next.problems, ...besides];
    if (problems.length > 0) throw new AppError('rules_invalid', problems.join('\n'), { extra: { problems } });
    set = next;
    byId = new Map(next.rules.map((rule) => [rule.rule.id, rule]));
    texts = new Map(ruleFiles(folder).map((name) => [`rules/${name}`, readFileSync(join(folder, name), 'utf8')]));
    tests = readdirSync(folder)
      .filter((name) => name.endsWith('.test.yaml'))
      .sort()
      .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
    loadedAt = nowMs();
    refused = null;
  }
  const reply = (): RulesReply => ({ rules: set.rules.map(({ rule }) => rule), loadedAt, refused });

  /** Loads anew; unsound rules are refused with their lines and the old ones go on. @throws {AppError} `rules_invalid` */
  async function reload(actor: Actor): Promise<RulesReply> {
    try {
      load();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problems = error.message.split('\n');
      refused = { at: nowMs(), problems };
      await timeline.append({ kind: 'rules.refused', actor, params: { text: problems[0] ?? '', n: problems.length } });
      throw new AppError(
        'rules_invalid',
        `the old rules go on; ${problems.length} problem(s), the first: ${problems[0]}`,
        { extra: { problems } },
      );
    }
    await timeline.append({ kind: 'rules.reloaded', actor, params: { n: set.rules.length } });
    return reply();
  }

  /** The rule as a file of its own, in the shape in which it was loaded; comments are not kept. */
  function yamlOf({ file, group, id }: AlertRule): string {
    const whole = parse(texts.get(file) ?? '') as { groups?: { name?: string; rules?: { alert?: string }[] }[] } | null;
    const from = whole?.groups?.find(({ name }) => name === group);
    const rules = from?.rules?.filter(({ alert }) => alert === id) ?? [];
    return stringify({ groups: [{ ...from, rules }] }, { lineWidth: 110 });
  }
  /** Tests that look at a rule, run alone. */
  function testsOf(runnable: RunnableRule): RuleTestResult[] {
    const { id, file: ruleFile } = runnable.rule;
    return tests.flatMap(({ file, text }): RuleTestResult[] => {
      const read = readRuleTest(text);
      if (!read.rule_files.includes(ruleFile.replace(/^rules\//, ''))) return [];
      return read.tests.flatMap((test, index): RuleTestResult[] => {
        const rows = test.alert_rule_test.filter(({ alertname }) => alertname === id);
        if (rows.length === 0) return [];
        const alone = { ...read, tests: [{ ...test, alert_rule_test: rows }] };
        const runs = campaign.file.id === TESTED_CAMPAIGN;
        const problems = runs ? runRuleTest(alone, [runnable], campaign) : null;
        return [{ file, name: test.name ?? `test ${index + 1}`, problems }];
      });
    });
  }

  return {
    load,
    reload,
    reply,
    yamlOf,
    testsOf,
    set: (): RuleSet => set,
    rules: (): readonly RunnableRule[] => set.rules,
    byId: (id: string): RunnableRule | undefined => byId.get(id),
  };
}
export type RuleBook = ReturnType<typeof createRuleBook>;
