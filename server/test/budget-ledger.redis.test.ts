import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IMPORT_FREEZE, importLedger } from '../budget/import-ledger.ts';
import { readSealKey, SEAL_KEY_FILE } from '../budget/seal-key.ts';
import { moneyKeys } from '../budget/store/money-keys.ts';
import { verifyLedger } from '../budget/verify-ledger.ts';
import { budgetKit, PEOPLE } from './budget-kit.ts';

const { sun, gao } = PEOPLE;
const KEY = Buffer.alloc(32, 7);

/** A ledger with moves, refusals, spend up and down, sealed in two ranges, and three lines behind the last seal. */
async function written() {
  const kit = await budgetKit({ policy: { cooldownMs: 0 } });
  const { budget, body, ask } = kit;
  await budget.watch.seal();
  const { move } = await budget.submit.request(await body('chan:search', 'chan:content', 5_000_000), ask(sun));
  await budget.decide.approve(move.id, move.terms, ask(gao));
  await budget.spend.book({ channel: 'kol', day: '2026-11-11', spendMinor: 900_000_000 });
  await budget.spend.book({ channel: 'kol', day: '2026-11-11', spendMinor: 800_000_000 });
  await budget.watch.seal();
  const open = await budget.submit.request(await body('chan:social', 'chan:content', 5_000_000), ask(sun));
  await budget.decide.cancel(open.move.id, null, ask(sun));
  const texts: string[] = [];
  for await (const piece of budget.ledger.pieces()) texts.push('line' in piece ? piece.line : JSON.stringify(piece));
  return { ...kit, texts };
}

describe('the ledger', () => {
  it('[BUD40] holds: chain, seals and balances; what is not sealed yet is said', async () => {
    const { texts, budget } = await written();
    const verdict = await verifyLedger(texts, KEY);
    expect(verdict).toMatchObject({ fault: null, unsealed: 2 });
    expect(verdict.sealed).toBeGreaterThan(10);
    expect(await budget.watch.run()).toBeNull();
    expect((await verifyLedger(texts, Buffer.alloc(32, 8))).fault?.what).toMatch(/seal/);
  });
  it('[BUD41] one changed byte in any sealed line or seal is found, wherever it is', async () => {
    const { texts } = await written();
    const sealedCount = texts.findLastIndex((text) => text.startsWith('{"seal"')) + 1;
    let missed = 0;
    let state = 1;
    for (let round = 0; round < 1_000; round += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const at = state % sealedCount;
      const bytes = Buffer.from(texts[at] ?? '');
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const byte = (state >>> 4) % bytes.length;
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << (round % 7));
      const copy = [...texts];
      copy[at] = bytes.toString('latin1');
      if ((await verifyLedger(copy, KEY)).fault === null) missed += 1;
    }
    expect(missed).toBe(0);
  });
  it('[BUD42] a line left out, two swapped, a chain written anew, a cut tail: found', async () => {
    const { texts } = await written();
    const without = texts.filter((_, i) => i !== 4);
    expect((await verifyLedger(without, KEY)).fault).not.toBeNull();
    const swapped = [...texts];
    [swapped[3], swapped[4]] = [texts[4] ?? '', texts[3] ?? ''];
    expect((await verifyLedger(swapped, KEY)).fault?.seq).toBe(4);
    const { createHash } = await import('node:crypto');
    // somebody who can write the store computes all hashes again: only the seal tells
    let prev = '';
    const forged = texts.map((text) => {
      if (text.startsWith('{"seal"')) return text;
      const body = text
        .replace(/,"prevHash":"[0-9a-f]*","hash":"[0-9a-f]{40}"\}$/, `,"prevHash":"${prev}"`)
        .replace('"reason":"opening"', '"reason":"opened!"');
      prev = createHash('sha1').update(`${prev}${body}}`).digest('hex');
      return `${body},"hash":"${prev}"}`;
    });
    expect((await verifyLedger(forged, null)).fault).toBeNull();
    expect((await verifyLedger(forged, KEY)).fault?.what).toMatch(/seal of 1–\d+ does not fit/);
    const lastSeal = texts.findLastIndex((text) => text.startsWith('{"seal"'));
    const cut = texts.filter((_, i) => i !== lastSeal - 1);
    expect((await verifyLedger(cut, KEY)).fault?.what).toMatch(/gone|follow/);
  });
  it('[BUD43] a balance that is not what the ledger says stops money writes, until it is put right', async () => {
    const { budget, redis, body, ask, entries } = await written();
    const before = (await redis.hget(budget.keys.accounts, 'chan:search|creditsPosted')) ?? '';
    await redis.hset(budget.keys.accounts, 'chan:search|creditsPosted', `${before}0`);
    expect((await budget.watch.run())?.what).toContain('I11');
    await budget.book.load();
    expect(budget.mismatch()).toBe(1);
    await expect(budget.submit.request(await body('chan:social', 'chan:content', 5), ask(sun))).rejects.toMatchObject({
      code: 'ledger_frozen',
    });
    expect(await budget.spend.book({ channel: 'kol', day: 'd', spendMinor: 1 })).toBeNull();
    expect((await entries()).at(-1)?.kind).toBe('budget.ledger_frozen');
    expect(await budget.watch.resume()).toBe(false);
    await redis.hset(budget.keys.accounts, 'chan:search|creditsPosted', before);
    expect(await budget.watch.resume()).toBe(true);
    await budget.book.load();
    expect(budget.mismatch()).toBe(0);
  });
  it('[BUD43] a changed line in the store itself is found when all of it is read again', async () => {
    const { budget, redis } = await written();
    expect(await budget.watch.run()).toBeNull();
    const [row] = await redis.xrange(budget.keys.ledger, '2-0', '2-0');
    await redis
      .multi()
      .del(budget.keys.ledger)
      .xadd(budget.keys.ledger, '2-0', 'line', (row?.[1][1] ?? '').replace('fund', 'find'))
      .exec();
    expect(await budget.watch.resume()).toBe(false);
    expect(budget.watch.fault).not.toBeNull();
  });
  it('[BUD44] an export goes into an empty instance and comes to the same balances, byte for byte', async () => {
    const { texts, redis, budget, prefix } = await written();
    const keys = moneyKeys(prefix, 'restored');
    expect(await importLedger(redis, keys, texts, KEY)).toBe(0);
    const kept = (fields: Record<string, string>) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '0'));
    expect(kept(await redis.hgetall(keys.accounts))).toEqual(kept(await redis.hgetall(budget.keys.accounts)));
    expect(await redis.hgetall(keys.holds)).toEqual(await redis.hgetall(budget.keys.holds));
    expect(await redis.hgetall(keys.booked)).toEqual(await redis.hgetall(budget.keys.booked));
    await expect(importLedger(redis, keys, texts, KEY)).rejects.toMatchObject({ code: 'conflict' });
    await expect(importLedger(redis, moneyKeys(prefix, 'x'), texts.slice(1), KEY)).rejects.toMatchObject({
      code: 'ledger_frozen',
    });
  });
  it('[BUD46] what was exported in the middle of a night goes on in another instance: verified, with floors, holds given back', async () => {
    const { budget, node, body, ask, account, prefix, redis } = await budgetKit({ policy: { cooldownMs: 0 } });
    const one = await budget.submit.request(await body('chan:search', 'chan:content', 5_000_000), ask(sun));
    await budget.decide.approve(one.move.id, one.move.terms, ask(gao));
    await budget.spend.book({ channel: 'kol', day: 'd', spendMinor: 7_000 });
    const held = await budget.submit.request(await body('chan:search', 'chan:content', 6_000_000), ask(sun));
    await budget.watch.seal();
    const before = await account('chan:search');
    const exported = async (of: typeof budget): Promise<string[]> => {
      const texts: string[] = [];
      for await (const piece of of.ledger.pieces()) texts.push('line' in piece ? piece.line : JSON.stringify(piece));
      return texts;
    };
    const texts = await exported(budget);
    const keys = moneyKeys(prefix, 'second');
    // refused with what is held and what to do, and nothing is written
    await expect(importLedger(redis, keys, texts, KEY)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(new RegExp(`${held.move.id}: chan:search → chan:content 6000000.*--release`)),
    });
    expect(await redis.exists(keys.head, keys.ledger)).toBe(0);
    // a start has opened the instance already: nobody has used it, so it may be replaced
    const second = node('second');
    await second.open();
    expect(await importLedger(redis, keys, texts, KEY, { release: true })).toBe(1);
    const verdict = await verifyLedger(await exported(second), KEY);
    expect(verdict.fault).toBeNull();
    expect(verdict.reader.compare(await redis.hgetall(keys.accounts), await redis.hgetall(keys.holds))).toBeNull();
    expect(await second.watch.run()).toBeNull();

    // and it goes on
    await second.open();
    await second.fresh();
    const allOf = async ({ book }: typeof second) => {
      await book.load();
      return book.reply().accounts;
    };
    const restored = async (id: string) => (await allOf(second)).find((each) => each.id === id);
    const { allocated, floor, cap } = before;
    expect(await restored('chan:search')).toMatchObject({ allocated, floor, cap, held: 0, available: allocated });
    expect(await restored('chan:kol')).toMatchObject({ spent: 7_000 });
    expect(second.book.target('search')).toBe(allocated);
    await second.spend.book({ channel: 'kol', day: 'd', spendMinor: 7_000 });
    expect(await restored('chan:kol')).toMatchObject({ spent: 7_000 });
    const expected = Object.fromEntries(second.book.reply().accounts.map((each) => [each.id, each.allocationVersion]));
    const again = {
      legs: [{ from: 'chan:search', to: 'chan:content', amountMinor: 6_000_000 }],
      expected,
      reason: 'again',
    };
    // what protected it before is in no ledger: it stands still until somebody has looked
    await expect(second.submit.request(again, ask(sun))).rejects.toMatchObject({ code: 'frozen' });
    expect(second.book.reply().freezes).toMatchObject([
      { id: IMPORT_FREEZE, channels: ['*'], direction: 'all', until: null },
    ]);
    await second.freezes.lift(IMPORT_FREEZE, ask(PEOPLE.chen));
    again.expected = Object.fromEntries((await allOf(second)).map((each) => [each.id, each.allocationVersion]));
    const asked = await second.submit.request(again, ask(sun));
    expect((await second.decide.approve(asked.move.id, asked.move.terms, ask(gao))).move.state).toBe('settled');
    const now = await restored('chan:search');
    const deep = {
      legs: [{ from: 'chan:search', to: 'chan:social', amountMinor: (now?.allocated ?? 0) - floor + 1 }],
      expected: {
        'chan:search': now?.allocationVersion ?? 0,
        'chan:social': (await restored('chan:social'))?.allocationVersion ?? 0,
      },
      reason: 'under the floor',
    };
    await expect(second.submit.request(deep, ask(sun))).rejects.toMatchObject({ code: 'below_floor' });
    expect(await second.watch.seal()).toBeGreaterThan(0);
    expect(await second.watch.run()).toBeNull();
    await expect(importLedger(redis, keys, texts, KEY, { release: true })).rejects.toMatchObject({ code: 'conflict' });
  });
  it('[BUD45] the key lies outside the store, for its owner only, and is the same at the next start', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wr-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const key = readSealKey(null, folder);
    expect(readSealKey(null, folder)).toEqual(key);
    expect(statSync(join(folder, SEAL_KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, SEAL_KEY_FILE), 'utf8').trim()).toBe(key.toString('hex'));
    expect(readSealKey('ab'.repeat(32), folder)).toEqual(Buffer.alloc(32, 0xab));
    expect(() => readSealKey('ab', folder)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
  it('[BUD45] a node with another key neither seals nor takes the seals for faults', async () => {
    const { redis, prefix, campaign, budget } = await written();
    const { createWatch } = await import('../budget/watch.ts');
    const { silentLog } = await import('./silent-log.ts');
    const other = createWatch({
      redis,
      keys: moneyKeys(prefix, campaign.instance),
      ledger: budget.ledger,
      sealKey: Buffer.alloc(32, 9),
      log: silentLog,
      nowMs: () => 1,
      dataDir: null,
    });
    expect(await other.seal()).toBe(0);
    expect(await other.run()).toBeNull();
  });
});
