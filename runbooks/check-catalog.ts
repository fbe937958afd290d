import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bundledCampaign, loadCampaignFile } from '../server/campaigns/load.ts';
import { KPIS } from '../server/domain/kpis/index.ts';
import { CATALOG_FOLDER, readCatalog } from './catalog.ts';
import { type Known, lintRunbook } from './domain/lint.ts';

const CAMPAIGNS = ['double11', 'liquor-launch', 'tiny'];
/** First path segment of the console's pages that a plan may link to. */
export const PAGES: ReadonlySet<string> = new Set(
  'wall desk tech money incidents timeline silences roster rules runbooks runs health'.split(' '),
);
/** Scenes of the wall, for `/wall?scene=`. */
export const SCENES: ReadonlySet<string> = new Set(
  'overview regions checkout marketing supply countdown tech'.split(' '),
);
const RULES_FOLDER = new URL('../alerts/rules/', import.meta.url).pathname;

/** Names of the shipped alert rules; null while there are none. */
function alertRules(): ReadonlySet<string> | null {
  if (!existsSync(RULES_FOLDER)) return null;
  const names = readdirSync(RULES_FOLDER)
    .filter((name) => /^[^.]+\.ya?ml$/.test(name))
    .flatMap((name) => {
      const file = parse(readFileSync(join(RULES_FOLDER, name), 'utf8')) as {
        groups?: { rules?: { alert?: string }[] }[];
      } | null;
      return (file?.groups ?? []).flatMap(({ rules = [] }) => rules.flatMap(({ alert }) => alert ?? []));
    });
  return names.length === 0 ? null : new Set(names);
}

/** What plans may speak of, as it ships. */
export function shippedWorld(today: string, runbooks: Iterable<string>): Known {
  return {
    kpis: KPIS,
    runbooks: new Set(runbooks),
    campaigns: CAMPAIGNS.map((id) => {
      const { organisation, contingency, phases } = loadCampaignFile(bundledCampaign(id));
      const ids = (list: readonly { readonly id: string }[]): ReadonlySet<string> => new Set(list.map((one) => one.id));
      return { id, posts: ids(organisation.posts), plans: ids(contingency), phases: ids(phases) };
    }),
    rules: alertRules(),
    pages: PAGES,
    scenes: SCENES,
    today,
  };
}

/** `file:line: what` for each fault of the catalogue, in the order of files and lines; empty when all is well. */
export function checkCatalog(today: string, folder: string = CATALOG_FOLDER): string[] {
  const files = readCatalog(folder);
  const known = shippedWorld(
    today,
    files.flatMap(({ parsed }) => parsed?.runbook.id ?? []),
  );
  const told = files.flatMap(({ file, parsed, problems }) => {
    const all = [...problems, ...(parsed === null ? [] : lintRunbook(parsed, known))];
    return all.sort((a, b) => a.line - b.line).map(({ line, what }) => `runbooks/catalog/${file}:${line}: ${what}`);
  });
  const planned = files.flatMap(({ parsed }) => parsed?.runbook.plan ?? []);
  for (const plan of new Set(known.campaigns.flatMap(({ plans }) => [...plans])))
    if (planned.filter((one) => one === plan).length !== 1)
      told.push(
        `runbooks/catalog:1: the contingency plan ${plan} has ${planned.includes(plan) ? 'two runbooks' : 'no runbook'}`,
      );
  return told;
}
