import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Campaign } from '../server/domain/campaign.ts';
import { problemText, readRuleFile } from './read-rules.ts';
import type { RunnableRule } from './rule.ts';

export const BUNDLED_RULES = new URL('./rules/', import.meta.url).pathname;

export interface RuleSet {
  readonly rules: readonly RunnableRule[];
  readonly problems: readonly string[];
  readonly skipped: readonly { readonly rule: string; readonly why: string }[];
}

/** Names of the rule files of a folder, in order: `*.yaml`, tests (`*.test.yaml`) not among them. */
export const ruleFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .sort();

/** Reads all rules of a folder. Never throws: a folder that cannot be read is a problem too. */
export function loadRules(campaign: Campaign, folder = BUNDLED_RULES): RuleSet {
  const rules: RunnableRule[] = [];
  const problems: string[] = [];
  const skipped: { rule: string; why: string }[] = [];
  const seen = new Map<string, string>();
  try {
    for (const name of ruleFiles(folder)) {
      const shown = isAbsolute(name) ? name : `rules/${name}`;
      const file = readRuleFile(shown, readFileSync(join(folder, name), 'utf8'), campaign);
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
  } catch (error) {
    problems.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (rules.length === 0 && problems.length === 0) problems.push(`${folder}: there is no rule in it`);
  return { rules, problems, skipped };
}
