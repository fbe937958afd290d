import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Campaign } from '../server/domain/campaign.ts';
import { problemText, readRuleFile } from './read-rules.ts';
import type { RunnableRule } from './rule.ts';

export const BUNDLED_RULES = new URL('./rules/', import.meta.url).pathname;

export interface RuleSet {
  readonly rules: readonly RunnableRule[];
  readonly problems: readonly string[];
  readonly skipped: readonly { readonly rule: string; readonly why: string }[];
}

/** Name → text of the files of a folder that matter: rules, their tests, who is paged. */
export type RuleTexts = Readonly<Record<string, string>>;
/** @throws when the folder cannot be read */
export const readTexts = (folder = BUNDLED_RULES): RuleTexts =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
export const isTest = (name: string): boolean => name.endsWith('.test.yaml');
/** Who is paged, when, and what mutes what; beside the rules when a folder brings its own. */
export const DUTY_NAME = 'duty.yaml';
const isRules = (name: string): boolean => !isTest(name) && name !== DUTY_NAME;

/** Reads all rules of a folder. Never throws: a folder that cannot be read is a problem too. */
export function loadRules(campaign: Campaign, folder = BUNDLED_RULES): RuleSet {
  try {
    return compileRules(campaign, readTexts(folder), folder);
  } catch (error) {
    const why = `${folder}: ${error instanceof Error ? error.message : String(error)}`;
    return { rules: [], problems: [why], skipped: [] };
  }
}
/** All rules of these files. @param from - where they come from, for people */
export function compileRules(campaign: Campaign, texts: RuleTexts, from: string): RuleSet {
  const rules: RunnableRule[] = [];
  const problems: string[] = [];
  const skipped: { rule: string; why: string }[] = [];
  const seen = new Map<string, string>();
  for (const [name, text] of Object.entries(texts)) {
    if (!isRules(name)) continue;
    const shown = `rules/${name}`;
    const file = readRuleFile(shown, text, campaign);
    problems.push(...file.problems.map(problemText));
    skipped.push(...file.skipped);
    for (const rule of file.rules) {
      const { id, line } = rule.rule;
      const first = seen.get(id);
      if (first !== undefined) problems.push(`${shown}:${line}: alert: ${id} is already defined at ${first}`);
      seen.set(id, `${shown}:${line}`);
      rules.push(rule);
    }
  }
  if (rules.length === 0 && problems.length === 0) problems.push(`${from}: there is no rule in it`);
  return { rules, problems, skipped };
}
