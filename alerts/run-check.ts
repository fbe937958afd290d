import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledCampaign, loadCampaignFile } from '../server/campaigns/load.ts';
import { type Campaign, plannedOpeningMs, resolveCampaign } from '../server/domain/campaign.ts';
import { createOutbound } from '../server/outbound/send.ts';
import { RECEIVERS_FILE, readReceivers } from './delivery/read-receivers.ts';
import { BUNDLED_RULES, DUTY_NAME, loadRules } from './load-rules.ts';
import { readDutyFile } from './read-duty.ts';
import type { RunnableRule } from './rule.ts';
import { readRuleTest, runRuleTest } from './rule-test.ts';

/** Everything that is wrong with a folder of rules, its tests, its duty file and the receivers, and what there is. */
export function checkRules(campaign: Campaign, folder = BUNDLED_RULES): { problems: string[]; said: string[] } {
  const set = loadRules(campaign, folder);
  const problems = [...set.problems];
  const said = [
    `${set.rules.length} rules, ${set.rules.reduce((sum, { matches }) => sum + matches.length, 0)} matches`,
  ];
  for (const { rule, why } of set.skipped) said.push(`${rule}: not in this campaign: ${why}`);
  // rule tests name values of the main campaign
  const readable = set.rules.length > 0;
  const tests =
    readable && campaign.file.id === 'double11'
      ? readdirSync(folder).filter((name) => name.endsWith('.test.yaml'))
      : [];
  for (const name of tests) {
    try {
      const test = readRuleTest(readFileSync(join(folder, name), 'utf8'));
      const rules = set.rules.filter(({ rule }) => test.rule_files.includes(rule.file.replace(/^rules\//, '')));
      problems.push(...runRuleTest(test, rules, campaign).map((problem) => `${name}: ${problem}`));
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  said.push(`${tests.length} test files`);
  problems.push(...lostRunbooks(set.rules));
  const ownDuty = join(folder, DUTY_NAME);
  problems.push(...readDutyFile(campaign, existsSync(ownDuty) ? ownDuty : undefined).problems);
  const { RECEIVERS_FILE: file = RECEIVERS_FILE, OUTBOUND_ALLOW = '' } = process.env;
  const allow = OUTBOUND_ALLOW === '' ? [] : OUTBOUND_ALLOW.split(',');
  const receivers = readReceivers(file, process.env, createOutbound({ allow, nowMs: () => 0 }));
  problems.push(...receivers.problems);
  said.push(`${receivers.receivers.length} receivers`);
  return { problems, said };
}

const CATALOG = new URL('../runbooks/catalog/', import.meta.url);
/** Rules that name a runbook of ours which is not there: on-call would find nothing behind the link. */
export const lostRunbooks = (rules: readonly RunnableRule[]): string[] =>
  rules.flatMap(({ rule: { id, file, line, annotations } }) => {
    const [, runbook] = /^\/runbooks\/([^/?#]+)$/.exec(annotations.runbook_url ?? '') ?? [];
    return runbook === undefined || existsSync(new URL(`${encodeURIComponent(runbook)}.md`, CATALOG))
      ? []
      : [`${file}:${line}: ${id}: annotations.runbook_url: there is no runbook ${runbook}`];
  });

/** `npm run alerts:check [-- <campaign> [<folder>]]`: 0 when all is well, 1 with one line a problem. */
if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [name = 'double11', folder] = process.argv.slice(2);
  try {
    const file = loadCampaignFile(bundledCampaign(name));
    const campaign = resolveCampaign(file, { instance: 'check', opensAtMs: plannedOpeningMs(file), scale: 1 });
    const { problems, said } = checkRules(campaign, folder);
    for (const line of said) console.log(line);
    for (const line of problems) console.error(line);
    if (problems.length > 0) process.exitCode = 1;
    else console.log('all is well');
  } catch (error) {
    console.error((error as Error).message.split('\n')[0]);
    process.exitCode = 1;
  }
}
