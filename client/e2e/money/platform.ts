import { expect, it } from 'vitest';
import type { MoveReply, MoveView } from '#contract/budget';
import { axeFindings, smallTargets } from '../desk-habits.ts';
import { type MoneyHouse, ON_PLATFORM } from '../money-house.ts';
import { enabled, focused, gone, holdUntil, id, say, sees, shots, WAIT, WAN } from './press.ts';

const SOCIAL = `chan:${ON_PLATFORM.channel}`;

/** What a person has to settle with an ad platform, because no machine can. */
export function platform(at: () => MoneyHouse): void {
  it('[MON14] [OBX16] a platform that never answered: another one says what it did, with evidence; held, counted down, booked', async () => {
    const house = at();
    const ann = await house.desk(house.ann);
    const { page, faults, sent } = await house.desk(house.bo, { clock: true });
    house.platform.faults.change(ON_PLATFORM.objectId, { outage: 'refuse' });
    const asked = await house.request(house.ann, SOCIAL, 'chan:content', 100 * WAN);
    const { id: moveId, terms } = asked.body.move as MoveView;
    await house.call<MoveReply>(house.bo, 'POST', `/budget/transfers/${moveId}/approve`, { terms });
    await expect.poll(async () => (await house.account(SOCIAL)).platform?.trouble, WAIT).not.toBe('');
    for (const each of [ann.page, page]) await sees(each, `${id(`move-${moveId}`)}[data-state="approved"]`);
    const open = id(`by-hand-${moveId}-0-decrease`);
    expect(await page.locator(open).count()).toBe(0); // it may still answer
    await house.silentSince(moveId);
    await page.click(open, WAIT);
    await sees(page, `${id('by-hand')}[open]`);
    expect(await ann.page.locator(open).count()).toBe(0); // never whoever asked for the move
    await expect.poll(() => page.textContent(id('by-hand-sent')), WAIT).toBe('Paid social: ¥1.00M less (for Content)');
    await expect.poll(() => page.textContent(id('by-hand')), WAIT).toContain('the change has not reached it');
    const off = (): Promise<string | null> => page.textContent(id('by-hand-off'));
    await expect.poll(off, WAIT).toBe('Say what really happened first'); // nothing is chosen beforehand
    sent.splice(0);
    await page.click(`${id('by-hand')} ${id('look')}`);
    await expect.poll(() => page.textContent(id('by-hand-refused')), WAIT).toMatch(/platform/i);
    await page.check(id('end-part'));
    await page.fill(`${id('by-hand')} [name="part"]`, '1');
    await expect.poll(off, WAIT).toBe('Type more than 0 and less than ¥1.00M');
    await page.check(id('end-all'));
    await expect.poll(off, WAIT).toBe('Say why first');
    await page.fill(`${id('by-hand')} [name="note"]`, 'set on its page');
    await enabled(page, 'by-hand-send');
    expect(await axeFindings(page)).toEqual([]);
    if (shots) await page.screenshot({ path: `${shots}/money-by-hand-en.png` });
    const counting = (): Promise<unknown> => sees(page, id('by-hand-send-counting'));
    await holdUntil(page, 'by-hand-send', counting);
    await focused(page, 'by-hand-send-cancel');
    await page.keyboard.press('Escape');
    await enabled(page, 'by-hand-send');
    expect(await page.inputValue(`${id('by-hand')} [name="note"]`)).toBe('set on its page');
    expect(sent).toEqual([`POST /api/v1/budget/platforms/${ON_PLATFORM.channel}/look`]);
    await holdUntil(page, 'by-hand-send', counting);
    await page.clock.runFor(5_100);
    await gone(page, id('by-hand'));
    await sees(page, `${id(`move-${moveId}`)}[data-state="settled"]`);
    const done = (await house.moves()).find((move) => move.id === moveId);
    expect(done?.legs[0]?.receipts).toMatchObject([
      { direction: 'decrease', appliedMinor: 100 * WAN, message: `${house.bo.name}: set on its page` },
    ]);
    house.platform.faults.change(ON_PLATFORM.objectId, { outage: 'none' });
    expect([...faults, ...ann.faults]).toEqual([]);
  });

  it('[MON16] [OBX13] a budget that somebody changed on the platform: shown where it is and in the inbox; adopted by finance, or ours asked for again', async () => {
    const house = at();
    const object = house.platform.object(ON_PLATFORM.objectId);
    const look = () => house.call(house.ann, 'POST', `/budget/platforms/${ON_PLATFORM.channel}/look`);
    house.platform.faults.change(ON_PLATFORM.objectId, { outage: 'none' });
    const { page, faults, sent } = await house.desk(house.bo, { clock: true });
    const ours = (await house.account(SOCIAL)).platform?.targetMinor ?? 0;
    object.setByHand(ours + 500 * WAN, Date.now());
    await look();
    await expect
      .poll(() => page.textContent(id(`drift-${SOCIAL}`)), WAIT)
      .toMatch(/The platform has ¥1\.\d\dB, ours is ¥1\.\d\dB \(\+¥5\.00M\)/); // ours is what the tests before left there
    await sees(page, id(`inbox-drift-${SOCIAL}`));
    sent.splice(0);
    await page.keyboard.press('d');
    await sees(page, `${id('drift')}[open]`);
    const off = (): Promise<string | null> => page.textContent(id('drift-off'));
    await expect.poll(off, WAIT).toBe('Say what to do first');
    await page.check(id('way-adopt')); // higher than ours: not for whoever may have raised it there
    await expect.poll(off, WAIT).toContain('finance or a commander adopts it');
    await page.check(id('way-reassert'));
    await expect.poll(off, WAIT).toBe('Say why first');
    await say(page, 'nobody told us', 'drift');
    await enabled(page, 'drift-send');
    expect(await axeFindings(page)).toEqual([]);
    if (shots) await page.screenshot({ path: `${shots}/money-drift-en.png` });
    const counting = (on = page): Promise<unknown> => sees(on, id('drift-send-counting'));
    await holdUntil(page, 'drift-send', counting);
    // it changes there once more while it is counted down: nothing is sent
    object.setByHand(ours + 600 * WAN, Date.now());
    await look();
    await enabled(page, 'drift-send');
    expect(sent).toEqual([]);
    await holdUntil(page, 'drift-send', counting);
    await page.clock.runFor(5_100);
    await gone(page, id('drift'));
    await expect.poll(() => object.reading.dailyBudgetMinor, WAIT).toBe(ours);
    await gone(page, id(`drift-${SOCIAL}`));
    // finance takes theirs, on the phone and in Chinese
    object.setByHand(ours + 700 * WAN, Date.now());
    await look();
    const phone = { lang: 'zh', width: 390, height: 844, touch: true, clock: true } as const;
    const finance = await house.desk(house.person('finance', 0), phone);
    await finance.page.click(`${id(`inbox-drift-${SOCIAL}`)} button`);
    await finance.page.check(id('way-adopt'));
    await say(finance.page, '平台大促加码', 'drift');
    await enabled(finance.page, 'drift-send');
    expect(await smallTargets(finance.page, 24)).toEqual([]);
    if (shots) await finance.page.screenshot({ path: `${shots}/money-drift-phone-zh.png` });
    await holdUntil(finance.page, 'drift-send', () => counting(finance.page));
    await finance.page.clock.runFor(5_100);
    await gone(finance.page, id('drift'));
    await expect
      .poll(async () => (await house.account(SOCIAL)).platform, WAIT)
      .toMatchObject({
        targetMinor: ours + 700 * WAN,
        driftMinor: null,
      });
    expect([...faults, ...finance.faults]).toEqual([]);
  });
}
