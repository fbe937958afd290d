import type { CampaignFile, Curve } from '#contract/campaign';
import { EVENT_FIELDS } from '#contract/events';
import { TIERS } from '#contract/tiers';
import { buildCellTable } from './cell-table.ts';
import { KPIS } from './kpis/index.ts';
import { HISTOGRAMS, METRICS } from './metrics.ts';

/** What is wrong inside a file whose shape is right. `path` leads to the place; `what` says what to do, too. */
export interface CampaignFault {
  readonly path: readonly (string | number)[];
  readonly what: string;
}
type Report = (path: CampaignFault['path'], what: string) => void;

/** Cells that only a curve may have: no event adds to it, the registers of ad reports do. */
const CURVE_ONLY: ReadonlySet<string> = new Set(['ad_spend_minor']);
const DIMENSIONS: ReadonlySet<string> = new Set([...METRICS, ...HISTOGRAMS].flatMap(({ dimensions }) => dimensions));
const DIMENSIONS_OF = new Map(METRICS.map(({ metric, dimensions }) => [metric, dimensions]));
const enumOf = (schema: object): readonly string[] => ('enum' in schema ? (schema.enum as readonly string[]) : []);
/** Dimensions whose values the contract fixes. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  platform: enumOf(EVENT_FIELDS['order.paid'].platform),
  kind: enumOf(EVENT_FIELDS['complaint.opened'].kind),
  desk: enumOf(EVENT_FIELDS['service.sampled'].desk),
  organic: ['yes', 'no'],
};
const list = (names: Iterable<string>): string => [...names].join(', ');
const near = (sum: number): boolean => Math.abs(sum - 1) < 1e-6;

/** Every cross-reference of a campaign file, in the file's order. */
export function checkCampaign(file: CampaignFile): readonly CampaignFault[] {
  const faults: CampaignFault[] = [];
  const report: Report = (path, what) => faults.push({ path, what });
  checkTimes(file, report);
  checkDimensions(file, report);
  checkBreakdowns(file, report);
  checkKpis(file, report);
  for (const set of ['plans', 'lastYear'] as const) {
    for (const [cell, curve] of Object.entries(file[set])) checkCurve(file, [set, cell], cell, curve, report);
  }
  checkStage(file, report);
  checkMoney(file, report);
  checkPeople(file, report);
  checkDemo(file, report);
  return faults;
}

function checkTimes(file: CampaignFile, report: Report): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: file.timeZone });
  } catch {
    report(['timeZone'], `no such time zone: ${file.timeZone}; use an IANA name such as Asia/Shanghai`);
  }
  if (Number.isNaN(Date.parse(file.opensAt))) report(['opensAt'], `not a date: ${file.opensAt}`);
  rising(
    file.phases.map(({ fromSeconds }) => fromSeconds),
    (i) => report(['phases', i], 'starts before the phase above it; list phases in order'),
  );
  rising(
    file.waves.map(({ atSeconds }) => atSeconds),
    (i) => report(['waves', i], 'lies before the wave above it; list waves in order'),
  );
  file.waves.forEach(({ atSeconds }, i) => {
    if (atSeconds > file.durationMinutes * 60)
      report(['waves', i, 'atSeconds'], `lies after the end of the sale (${file.durationMinutes} min)`);
  });
}
function rising(values: readonly number[], fault: (index: number) => void): void {
  values.forEach((value, i) => {
    if (i > 0 && value <= (values[i - 1] ?? value)) fault(i);
  });
}

function checkDimensions(file: CampaignFile, report: Report): void {
  for (const [name, values] of Object.entries(file.dimensions)) {
    if (!DIMENSIONS.has(name)) report(['dimensions', name], `no event has this dimension; known: ${list(DIMENSIONS)}`);
    unique(
      values.map(({ id }) => id),
      (i, id) => report(['dimensions', name, i], `${id} is listed twice`),
    );
    const fixed = FIXED[name];
    if (fixed === undefined) continue;
    values.forEach(({ id }, i) => {
      if (!fixed.includes(id))
        report(['dimensions', name, i], `${id} is not a ${name} of the contract; known: ${list(fixed)}`);
    });
  }
}
function unique(ids: readonly string[], fault: (index: number, id: string) => void): void {
  const seen = new Set<string>();
  ids.forEach((id, i) => {
    if (seen.has(id)) fault(i, id);
    seen.add(id);
  });
}

function checkBreakdowns(file: CampaignFile, report: Report): void {
  try {
    buildCellTable(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const [, path = 'breakdowns', what = error.message] = /^([a-z_A-Z.]+): (.*)$/.exec(error.message) ?? [];
    report(path.split('.'), what);
  }
}

function checkKpis(file: CampaignFile, report: Report): void {
  for (const id of Object.keys(file.targets)) {
    if (!KPIS.has(id)) report(['targets', id], `no such KPI; known: ${list(KPIS.keys())}`);
  }
  for (const [id, tiers] of Object.entries(file.tiers)) {
    const kpi = KPIS.get(id);
    if (kpi === undefined) {
      report(['tiers', id], `no such KPI; known: ${list(KPIS.keys())}`);
      continue;
    }
    const falls = kpi.tierRule === 'pace' || (kpi.tierRule === 'level' && kpi.better === 'high');
    const levels = TIERS.map((tier) => (falls ? -tiers[tier] : tiers[tier]));
    rising(levels, (i) =>
      report(
        ['tiers', id, TIERS[i] as string],
        `must lie ${falls ? 'under' : 'over'} ${TIERS[i - 1]}: ${id} is worse when it is ${falls ? 'low' : 'high'}`,
      ),
    );
  }
  const plan = file.plans.gmv_paid_minor;
  if (plan !== undefined && file.targets.gmv_paid !== undefined && plan.total !== file.targets.gmv_paid) {
    report(
      ['plans', 'gmv_paid_minor', 'total'],
      `is ${plan.total}, but targets.gmv_paid is ${file.targets.gmv_paid}; make them equal`,
    );
  }
}

function checkCurve(file: CampaignFile, path: CampaignFault['path'], cell: string, curve: Curve, report: Report): void {
  const [metric = '', ...labels] = cell.split('|');
  const dimensions = DIMENSIONS_OF.get(metric);
  if (dimensions === undefined && !CURVE_ONLY.has(metric))
    report(path, `no such metric: ${metric}; curves are named by cells, as gmv_paid_minor|category=<id>`);
  for (const label of labels) {
    const [name = '', value = ''] = label.split('=');
    const known = file.dimensions[name]?.map(({ id }) => id) ?? [];
    if (!known.includes(value)) report(path, `${label} is not in dimensions.${name}; known: ${list(known)}`);
  }
  for (const [name, values] of Object.entries(curve.shares ?? {})) {
    checkShares(file, [...path, 'shares', name], name, values, report);
  }
  if (curve.points[0]?.[0] !== 0)
    report([...path, 'points', 0], 'the first point must be at minute 0; move fromMinute instead');
  curve.points.forEach(([minute], i) => {
    if (i > 0 && minute < (curve.points[i - 1]?.[0] ?? 0))
      report([...path, 'points', i], 'lies before the point above it; list points in order');
  });
  const lastMinute = curve.fromMinute + (curve.points.at(-1)?.[0] ?? 0);
  if (lastMinute > file.durationMinutes)
    report(
      [...path, 'points'],
      `runs to minute ${lastMinute}, after the end of the sale (${file.durationMinutes} min)`,
    );
  if ((curve.points.at(-1)?.[0] ?? 0) <= 0)
    report([...path, 'points'], 'spans no minute; the last point ends the curve');
  if (curve.total > 0 && curve.points.every(([, weight]) => weight === 0))
    report([...path, 'points'], 'all weights are 0, so the total has no place');
}

/** Services and items. */
function checkStage(file: CampaignFile, report: Report): void {
  const services = file.services.map(({ id }) => id);
  unique(services, (i, id) => report(['services', i], `${id} is listed twice`));
  const dimension = file.dimensions.service?.map(({ id }) => id);
  if (dimension !== undefined) {
    for (const id of services)
      if (!dimension.includes(id))
        report(['services', services.indexOf(id)], `${id} is not in dimensions.service; add it there`);
    for (const id of dimension)
      if (!services.includes(id))
        report(['dimensions', 'service', dimension.indexOf(id)], `${id} has no rated capacity; add it to services`);
  }
  const categories = file.dimensions.category?.map(({ id }) => id) ?? [];
  unique(
    file.items.map(({ sku }) => sku),
    (i, sku) => report(['items', i], `${sku} is listed twice`),
  );
  file.items.forEach(({ category }, i) => {
    if (!categories.includes(category))
      report(['items', i, 'category'], `${category} is not in dimensions.category; known: ${list(categories)}`);
  });
}

function checkMoney({ budgets, dimensions, ltvMinor }: CampaignFile, report: Report): void {
  if (!(budgets.channelEnvelope in budgets.envelopes))
    report(
      ['budgets', 'channelEnvelope'],
      `${budgets.channelEnvelope} is not an envelope; known: ${list(Object.keys(budgets.envelopes))}`,
    );
  const channels = dimensions.channel?.map(({ id }) => id) ?? [];
  for (const id of Object.keys(budgets.channels)) {
    if (!channels.includes(id))
      report(['budgets', 'channels', id], `is not in dimensions.channel; known: ${list(channels)}`);
  }
  const shares = Object.values(budgets.channels).map(({ shareRatio }) => shareRatio);
  const sum = shares.reduce((a, b) => a + b, 0);
  if (shares.length > 0 && !near(sum)) report(['budgets', 'channels'], `shareRatio sums to ${sum}, must sum to 1`);
  const objects = new Set<string>();
  for (const [id, link] of Object.entries(budgets.platforms ?? {})) {
    if (!(id in budgets.channels))
      report(['budgets', 'platforms', id], `has no budget; known: ${list(Object.keys(budgets.channels))}`);
    if (link.minMinor > link.maxMinor) report(['budgets', 'platforms', id, 'minMinor'], 'is above maxMinor');
    if (objects.has(link.objectId))
      report(
        ['budgets', 'platforms', id, 'objectId'],
        'belongs to another channel; each channel sets an object of its own',
      );
    objects.add(link.objectId);
  }
  for (const id of Object.keys(ltvMinor ?? {})) {
    if (id !== 'all' && !channels.includes(id))
      report(['ltvMinor', id], `is neither "all" nor in dimensions.channel; known: ${list(channels)}`);
  }
}

function checkPeople({ organisation, dimensions, contingency }: CampaignFile, report: Report): void {
  const regions = dimensions.region?.map(({ id }) => id) ?? [];
  const zoned = new Set<string>();
  organisation.warZones.forEach((zone, i) => {
    zone.regions.forEach((region, j) => {
      if (!regions.includes(region))
        report(['organisation', 'warZones', i, 'regions', j], `${region} is not in dimensions.region`);
      if (zoned.has(region))
        report(['organisation', 'warZones', i, 'regions', j], `${region} is already in another war zone`);
      zoned.add(region);
    });
  });
  regions.forEach((region, i) => {
    if (organisation.warZones.length > 0 && !zoned.has(region) && region !== 'other')
      report(['dimensions', 'region', i], `${region} is in no war zone; add it to organisation.warZones`);
  });
  const posts = organisation.posts.map(({ id }) => id);
  organisation.roster.forEach(({ post, a, b }, i) => {
    if (!posts.includes(post))
      report(['organisation', 'roster', i, 'post'], `${post} is not in organisation.posts; known: ${list(posts)}`);
    if (a === b) report(['organisation', 'roster', i], 'A and B are the same person; every key post needs two');
  });
  unique(
    contingency.map(({ id }) => id),
    (i, id) => report(['contingency', i], `${id} is listed twice`),
  );
}

function checkDemo(file: CampaignFile, report: Report): void {
  const { demo } = file;
  if (demo === undefined) return;
  for (const [name, values] of Object.entries(demo.shares))
    checkShares(file, ['demo', 'shares', name], name, values, report);
  checkNames(file, ['demo', 'basketMinor'], 'category', demo.basketMinor, report);
}

type Named = Readonly<Record<string, number>>;
/** Every value of the dimension is named, no other is, and the parts make a whole. */
function checkShares(
  file: CampaignFile,
  path: CampaignFault['path'],
  name: string,
  values: Named,
  report: Report,
): void {
  checkNames(file, path, name, values, report);
  const sum = Object.values(values).reduce((a, b) => a + b, 0);
  if (!near(sum)) report(path, `sums to ${sum}, must sum to 1`);
}
function checkNames(
  file: CampaignFile,
  path: CampaignFault['path'],
  name: string,
  values: Named,
  report: Report,
): void {
  const known = file.dimensions[name]?.map(({ id }) => id) ?? [];
  for (const id of Object.keys(values)) {
    if (!known.includes(id)) report([...path, id], `is not in dimensions.${name}; known: ${list(known)}`);
  }
  for (const id of known) if (!(id in values) && id !== 'other') report(path, `${id} of dimensions.${name} is missing`);
}
