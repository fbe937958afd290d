import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { flatSchema } from '#contract/events';
import { sampleCampaign } from '../sample-campaign.ts';
import { type BodyKind, prepareBody, renumber } from './bodies.ts';

const campaign = sampleCampaign();
const check = Compile(flatSchema('order.paid'));
const eventsOf = (bytes: Buffer): { id: string }[] =>
  bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string });

describe('a prepared body', () => {
  for (const kind of ['flat', 'rich'] as const satisfies readonly BodyKind[]) {
    it(`[LOAD12] of ${kind} events fits the schema, and numbering changes nothing but the ids`, () => {
      const body = prepareBody(campaign, kind, 50, 3, campaign.opensAt);
      const before = eventsOf(body.bytes);
      for (const event of before) expect(check.Check(event), JSON.stringify(event)).toBe(true);
      renumber(body, 9_999_999);
      const after = eventsOf(body.bytes);
      expect(after.map(({ id }) => id)).toEqual(after.map((_, n) => `b${String(9_999_999 + n).padStart(12, '0')}`));
      expect(after.map((event) => ({ ...event, id: '' }))).toEqual(before.map((event) => ({ ...event, id: '' })));
    });
  }
});
