import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { AlertRule, RulesReply } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { RuleTestResult } from '#contract/rule-pages';
import type { Campaign } from '../server/domain/campaign.ts';
import type { Log } from '../server/room/log.ts';
import type { Timeline } from '../server/room/timeline.ts';
import {
  BUNDLED_RULES,
  compileRules,
  DUTY_NAME,
  isTest,
  type RuleSet,
  type RuleTexts,
  readTexts,
} from './load-rules.ts';
import { DUTY_FILE, type DutyConfig, noDuty, readDutyText } from './read-duty.ts';
import { overSources, type RunnableRule } from './rule.ts';
import { readRuleTest, runRuleTest } from './rule-test.ts';
import { createFollower, problemsOf, type SharedFilesStore } from './shared-files.ts';

/** The campaign whose names and thresholds the shipped rule tests use. */
const TESTED_CAMPAIGN = 'double11';

export interface RuleBookDeps {
  readonly campaign: Campaign;
  readonly nowMs: () => number;
  readonly timeline: Pick<Timeline, 'append'>;
  /** Folder of the rules; the bundled ones when absent. */
  readonly folder?: string | undefined;
  readonly shared: SharedFilesStore;
  readonly log: Log;
  /** Sources that are expected to go on sending; none when absent. */
  readonly steadySources?: () => readonly string[];
}

/**
 * The rules of one node: loaded, reloaded (unsound ones are refused and the old ones go on), and shown as text with their tests.
 * A reload on one node is followed by all: they take the very texts, whatever lies on their own disks.
 */
export function createRuleBook(deps: RuleBookDeps) {
  const { campaign, nowMs, timeline, folder = BUNDLED_RULES, log } = deps;
  let set: RuleSet = { rules: [], problems: [], skipped: [] };
  let byId: ReadonlyMap<string, RunnableRule> = new Map();
  let fanned: { readonly key: string; readonly from: RuleSet } | null = null;
  let running: readonly RunnableRule[] = [];
  let duty: DutyConfig = noDuty(campaign);
  let texts: RuleTexts = {};
  let loadedAt = 0;
  const shared = createFollower({ shared: deps.shared, nowMs, log, take, what: 'rules' });

  /** @throws {AppError} `rules_invalid` when the rules are not sound; the old ones stay */
  function take(next: RuleTexts): void {
    const compiled = compileRules(campaign, next, folder);
    const { problems: ofDuty, ...nextDuty } = readDutyText(campaign, next[DUTY_NAME] ?? ownDuty());
    const problems = [...compiled.problems, ...ofDuty];
    if (problems.length > 0) throw new AppError('rules_invalid', problems.join('\n'), { extra: { problems } });
    set = compiled;
    duty = nextDuty;
    texts = next;
    loadedAt = nowMs();
  }
  /** The loaded rules, over the sources there are: the same list until either changes. */
  function rules(): readonly RunnableRule[] {
    const sources = deps.steadySources?.() ?? [];
    const key = sources.join('\n');
    if (fanned?.key === key && fanned.from === set) return running;
    fanned = { key, from: set };
    running = overSources(set.rules, sources);
    byId = new Map(running.map((rule) => [rule.rule.id, rule]));
    return running;
  }
  const ownDuty = (): string => readFileSync(DUTY_FILE, 'utf8');
  /** Rules and who is paged, as one version. @throws {AppError} `rules_invalid` */
  function ownTexts(): RuleTexts {
    try {
      return { [DUTY_NAME]: ownDuty(), ...readTexts(folder) };
    } catch (error) {
      const problem = `${folder}: ${error instanceof Error ? error.message : String(error)}`;
      throw new AppError('rules_invalid', problem, { extra: { problems: [problem] } });
    }
  }
  /** When the newest of this node's own files was written, ms; 0 when there is none. */
  const writtenAtMs = (): number =>
    Math.max(
      ...[DUTY_FILE, ...readdirSync(folder).map((name) => join(folder, name))].map((path) => statSync(path).mtimeMs),
    );

  /**
   * At the start: this node's own files, unless the others have taken newer ones since these were written.
   * @throws {AppError} `rules_invalid` when the rules are not sound
   */
  async function load(): Promise<void> {
    take(ownTexts());
    await shared.start(writtenAtMs);
  }
  const reply = (): RulesReply => ({ rules: set.rules.map(({ rule }) => rule), loadedAt, refused: shared.refused() });

  /** Loads anew, for all nodes; unsound rules are refused with their lines and the old ones go on. @throws {AppError} `rules_invalid` */
  async function reload(actor: Actor): Promise<RulesReply> {
    try {
      take(ownTexts());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problems = problemsOf(error);
      await shared.refuse(problems);
      await timeline.append({ kind: 'rules.refused', actor, params: { text: problems[0] ?? '', n: problems.length } });
      throw new AppError(
        'rules_invalid',
        `the old rules go on; ${problems.length} problem(s), the first: ${problems[0]}`,
        { extra: { problems } },
      );
    }
    await shared.publish(texts);
    await timeline.append({ kind: 'rules.reloaded', actor, params: { n: set.rules.length } });
    return reply();
  }

  /** The rule as a file of its own, in the shape in which it was loaded; comments are not kept. */
  function yamlOf({ file, group, id }: AlertRule): string {
    const whole = parse(texts[file.replace(/^rules\//, '')] ?? '') as {
      groups?: { name?: string; rules?: { alert?: string }[] }[];
    } | null;
    const from = whole?.groups?.find(({ name }) => name === group);
    const rules = from?.rules?.filter(({ alert }) => alert === id) ?? [];
    return stringify({ groups: [{ ...from, rules }] }, { lineWidth: 110 });
  }
  /** Tests that look at a rule, run alone. */
  function testsOf(runnable: RunnableRule): RuleTestResult[] {
    const { id, file: ruleFile } = runnable.rule;
    return Object.entries(texts).flatMap(([file, text]): RuleTestResult[] => {
      if (!isTest(file)) return [];
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
    /** Takes what a reload on another node came to. */
    follow: shared.follow,
    reload,
    reply,
    yamlOf,
    testsOf,
    set: (): RuleSet => set,
    rules,
    byId: (id: string): RunnableRule | undefined => {
      rules();
      return byId.get(id);
    },
    /** Who is paged, when, and what mutes what. */
    duty: (): DutyConfig => duty,
  };
}
export type RuleBook = ReturnType<typeof createRuleBook>;
