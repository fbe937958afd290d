import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildCellTable, CELLS_ACTIVE_MAX } from '../domain/cell-table.ts';
import { bundledCampaign, loadCampaignFile, parseCampaign } from './load.ts';

const here = new URL('.', import.meta.url).pathname;
const tiny = readFileSync(bundledCampaign('tiny'), 'utf8');
const problemOf = (text: string): string => {
  try {
    parseCampaign(text, 'f.yaml');
  } catch (error) {
    expect(error).toMatchObject({ code: 'campaign_invalid' });
    return (error as Error).message;
  }
  return 'accepted';
};
/** Message for tiny.yaml with one piece of text replaced, which must occur. */
const broken = (from: string, to: string): string => {
  expect(tiny).toContain(from);
  return problemOf(tiny.replace(from, to));
};
const lineOf = (text: string): number => tiny.slice(0, tiny.indexOf(text)).split('\n').length;

describe('campaign files', () => {
  for (const name of readdirSync(here).filter((name) => name.endsWith('.yaml'))) {
    it(`[CAM6] ${name} loads, fits a slice and is named as its id`, () => {
      const file = loadCampaignFile(`${here}${name}`);
      expect(`${file.id}.yaml`).toBe(name);
      expect(buildCellTable(file).activeMaxCount).toBeLessThanOrEqual(CELLS_ACTIVE_MAX);
    });
  }
  for (const [from, to, what] of [
    ['id: tiny', 'id: Tiny', /id: must match pattern/],
    ['shards: 1', 'shards: 1\nshard: 1', /shard: unknown field; remove it/],
    ['currency: EUR\n', '', /lacks currency; add it/],
    ['zh: 小茶馆开张', 'zh: [小', /Flow sequence/],
    ['id: tiny\n', 'id: tiny\nid: tiny\n', /Map keys must be unique/],
    ['timeZone: Europe/Berlin', 'timeZone: Europe/Atlantis', /timeZone: no such time zone/],
    ['fromSeconds: 0', 'fromSeconds: -700', /phases.1: starts before/],
    ['atSeconds: 3600', 'atSeconds: 7201', /waves.1.atSeconds: lies after the end/],
    ['id: mobile', 'id: fax', /dimensions.platform.0: fax is not a platform/],
    ['  method:', '  moon:', /dimensions.moon: no event has this dimension/],
    ['{ id: books, zh: 书, en: Books }', '{ id: tea, zh: 书, en: Books }', /tea is listed twice/],
    [
      '[channel], [region]], orders_new',
      '[channel], [kind]], orders_new',
      /breakdowns.orders_paid_count: kind is not a dimension of it/,
    ],
    ['requests_count: [[service]]', 'request_count: [[service]]', /breakdowns.request_count: no such metric/],
    ['targets: { gmv_paid: 1200000', 'targets: { gmv: 1200000', /targets.gmv: no such KPI/],
    [
      'targets: { gmv_paid: 1200000',
      'targets: { gmv_paid: 1200001',
      /plans.gmv_paid_minor.total: is 1200000, but targets.gmv_paid is 1200001/,
    ],
    ['tiers: { payment_success_rate', 'tiers: { payment_success', /tiers.payment_success: no such KPI/],
    ['blue: 0.99, cyan: 0.98', 'blue: 0.98, cyan: 0.99', /tiers.payment_success_rate.cyan: must lie under blue/],
    ['orders_paid_count: { fromMinute', 'order_count: { fromMinute', /plans.order_count: no such metric/],
    [
      'lastYear: { gmv_paid_minor:',
      'lastYear: { gmv_paid_minor|category=coal:',
      /category=coal is not in dimensions.category/,
    ],
    ['points: [[0, 1], [120, 1]]', 'points: [[1, 1], [120, 1]]', /points.0: the first point must be at minute 0/],
    ['points: [[0, 1], [120, 1]]', 'points: [[0, 1], [121, 1]]', /runs to minute 121, after the end/],
    [
      'points: [[0, 1], [120, 1]]',
      'points: [[0, 1], [50, 1], [40, 1], [120, 1]]',
      /points.2: lies before the point above/,
    ],
    ['points: [[0, 1], [120, 1]]', 'points: [[0, 0], [120, 0]]', /all weights are 0/],
    [
      'points: [[0, 1], [120, 1]] }',
      'points: [[0, 1], [120, 1]], shares: { channel: { radio: 0.5, street: 0.4 } } }',
      /shares.channel: sums to 0.9/,
    ],
    [
      'points: [[0, 1], [120, 1]] }',
      'points: [[0, 1], [120, 1]], shares: { channel: { radio: 1 } } }',
      /street of dimensions.channel is missing/,
    ],
    [
      '{ id: gate, zh: 入口, en: Gate, rated',
      '{ id: door, zh: 入口, en: Gate, rated',
      /services.0: door is not in dimensions.service/,
    ],
    ['category: books, stock', 'category: book, stock', /items.2.category: book is not in dimensions.category/],
    ['sku: cup-1', 'sku: pot-1', /items.1: pot-1 is listed twice/],
    ['channelEnvelope: adverts', 'channelEnvelope: advert', /budgets.channelEnvelope: advert is not an envelope/],
    ['channels: { radio: { shareRatio: 1,', 'channels: { radio: { shareRatio: 0.9,', /shareRatio sums to 0.9/],
    ['channels: { radio:', 'channels: { tv:', /budgets.channels.tv: is not in dimensions.channel/],
    ['ltvMinor: { all:', 'ltvMinor: { every:', /ltvMinor.every/],
    ['regions: [north, south]', 'regions: [north]', /south is in no war zone/],
    ['regions: [north, south]', 'regions: [north, south, north]', /north is already in another war zone/],
    ['{ post: boss,', '{ post: bos,', /roster.0.post: bos is not in organisation.posts/],
    ['a: Ann, b: Bo', 'a: Bo, b: Bo', /A and B are the same person/],
  ] as const) {
    it(`[CAM7] refuses ${JSON.stringify(to)} and names the line`, () => {
      const message = broken(from, to);
      expect(message).toMatch(what);
      expect(message.split('\n')[0]).toMatch(/^f\.yaml:\d+:\d+: /);
    });
  }
  it('[CAM7] the line and column are those of the fault', () => {
    const item = 'category: books, stock';
    const line = lineOf(item);
    const column = (tiny.split('\n')[line - 1] ?? '').indexOf(item) + 1;
    expect(broken(item, 'category: book, stock')).toContain(`f.yaml:${line}:${column}: `);
  });
  it('[CAM7] a fault behind an alias points at what the alias names', () => {
    const line = lineOf('method:');
    const text = tiny
      .replace('method: [{ id: card,', 'method: &way [{ id: moon,')
      .replace(
        'kind: [{ id: quality, zh: 质量, en: Quality }, { id: logistics, zh: 物流, en: Delivery }, { id: other, zh: 其他, en: Other }]',
        'kind: *way',
      );
    const column = (text.split('\n')[line - 1] ?? '').indexOf('{ id: moon') + 1;
    expect(problemOf(text)).toContain(`f.yaml:${line}:${column}: dimensions.kind.0: moon is not a kind`);
  });
  it('[CAM7] all faults are told at once, the first eight in full', () => {
    const text = tiny
      .replace('id: tiny', 'id: Tiny')
      .replace('shards: 1', 'shards: 0')
      .replace('currency: EUR', 'currency: euro');
    expect(problemOf(text).split('\n').length).toBe(3);
  });
  it('[CAM8] a file that is not there is told with what to set', () =>
    expect(() => loadCampaignFile('/nowhere/x.yaml')).toThrow(/cannot be read; name a campaign file/));
  it('[CAM9] more breakdowns than a slice may hold are refused', () => {
    const many = Array.from({ length: 100 }, (_, i) => `{ id: c${i}, zh: 类, en: C }`).join(', ');
    expect(broken('{ id: books, zh: 书, en: Books }', `{ id: books, zh: 书, en: Books }, ${many}`)).toMatch(
      /breakdowns: a slice could hold \d+ cells, at most 500 are allowed; store fewer breakdowns/,
    );
  });
});
