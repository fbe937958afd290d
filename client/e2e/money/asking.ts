import { expect, it } from 'vitest';
import type { MovePreview, MoveReply } from '#contract/budget';
import { HOLD_ALONE_MS, type MoneyHouse } from '../money-house.ts';
import { enabled, focused, gone, hold, holdUntil, id, say, sees, send, shots, WAIT, WAN } from './press.ts';

/** From a card or from typed amounts to a request, and who may decide on it. */
export function asking(at: () => MoneyHouse): void {
  it('[MON7] [MON9] [MON15] a card becomes a request in two acts by keyboard alone; a sure one goes at once and is taken back', async () => {
    const house = at();
    const leg = { from: 'chan:search', to: 'chan:content', amountMinor: 400 * WAN };
    const weak = await house.advise(leg, 0.72);
    const { page, faults, sent } = await house.desk(house.ann);
    sent.splice(0);
    await sees(page, id(`card-${weak}`));
    await page.keyboard.press('c');
    await focused(page, 'send');
    await holdUntil(page, 'send', () => gone(page, id('preview-dialog')));
    expect(sent).toEqual(['POST /api/v1/budget/transfers']);
    const [asked] = await house.moves();
    expect(asked).toMatchObject({ state: 'awaiting_approval', recommendationId: weak, tier: 'T1' });
    await page.keyboard.press('a'); // to what waits: it is my own, so it can be withdrawn
    await focused(page, `withdraw-${asked?.id}`);
    await page.keyboard.press('Enter');
    await sees(page, `${id(`move-${asked?.id}`)}[data-state="cancelled"]`);
    // sure enough and small: no second person, but a longer hold
    const sure = await house.advise(leg, 0.95);
    await sees(page, id(`card-${sure}`));
    await expect.poll(() => page.textContent(`${id(`card-${sure}`)} ${id('chance')}`), WAIT).toContain('95% · almost');
    await page.keyboard.press('c');
    await focused(page, 'send');
    await sees(page, `${id('preview-facts')}[data-tier="T0"]`);
    await expect
      .poll(() => page.textContent(id('undo-words')), WAIT)
      .toMatch(/Content → Paid search.*30m00s you alone/);
    await hold(page, 'send', HOLD_ALONE_MS / 2);
    expect(sent.filter((each) => each.endsWith('/transfers'))).toHaveLength(1); // too short for this one
    await send(page);
    const [done] = await house.moves();
    expect(done).toMatchObject({ state: 'settled', tier: 'T0', recommendationId: sure });
    await page.click(id(`undo-${done?.id}`));
    await sees(page, id('preview-facts'));
    await send(page);
    await expect.poll(async () => (await house.moves())[0], WAIT).toMatchObject({ undoOf: done?.id, state: 'settled' });
    expect(faults).toEqual([]);
  });

  it('[MON3] [MON6] [MON7] [MON26] typed, balanced, previewed, held; a second account decides; a cancelled countdown sends nothing', async () => {
    const house = at();
    const ann = await house.desk(house.ann);
    const bo = await house.desk(house.bo, { clock: true });
    const { page } = ann;
    ann.sent.splice(0);
    const before = Number(await page.inputValue(id('field-chan:social')));
    // en counts in M here: 20 M from search to social
    await page.keyboard.press('j');
    await focused(page, 'field-chan:search');
    await page.fill(id('field-chan:search'), String(Number(await page.inputValue(id('field-chan:search'))) - 20));
    await sees(page, `${id('sum')}[data-sum="-2000000000"]`);
    expect(await page.getByTestId('preview').isDisabled()).toBe(true);
    await expect.poll(() => page.textContent(id('change-why')), WAIT).toBe('must be 0');
    await page.fill(id('field-chan:social'), String(before + 20));
    await sees(page, `${id('sum')}[data-sum="0"]`);
    await page.keyboard.press('Escape'); // out of the field: keys are keys again
    await page.keyboard.press('v');
    await sees(page, id('preview-facts'));
    await expect.poll(() => page.textContent(id('change-chan:social')), WAIT).toMatch(/1\.40B → .*1\.42B/);
    await expect.poll(() => page.textContent(id('decide-within')), WAIT).toContain('5m00s for each level');
    expect(await page.getByTestId('send').isDisabled()).toBe(true); // no reason yet
    await say(page, 'search is saturated');
    await enabled(page, 'send');
    if (shots) await page.screenshot({ path: `${shots}/money-preview-en.png` });
    await hold(page, 'send', 400);
    expect(ann.sent).toEqual([]);
    await send(page);
    await sees(page, `${id('changes')}[data-count="0"]`);
    const [move] = await house.moves();
    if (move === undefined) throw new Error('nothing was asked for');
    expect(ann.sent).toEqual(['POST /api/v1/budget/transfers']);
    expect(move).toMatchObject({ state: 'awaiting_approval', tier: 'T1', reason: 'search is saturated' });
    // one's own approval is not offered, and refused when asked for anyway
    await sees(page, `${id(`waiting-${move.id}`)}[data-own="true"]`);
    expect(await page.getByTestId(`approve-${move.id}`).count()).toBe(0);
    const own = await house.call<{ code: string }>(house.ann, 'POST', `/budget/transfers/${move.id}/approve`, {
      terms: move.terms,
    });
    expect([own.status, own.body.code]).toEqual([403, 'self_approval']);
    // the other one: too short a hold, then a cancelled countdown
    const approve = `approve-${move.id}`;
    await enabled(bo.page, approve);
    await hold(bo.page, approve, 400);
    expect(await bo.page.getByTestId(`${approve}-counting`).count()).toBe(0);
    await holdUntil(bo.page, approve, () => sees(bo.page, id(`${approve}-counting`)));
    await focused(bo.page, `${approve}-cancel`);
    // [MON26] meanwhile another request comes: it is counted, and nothing moves before this one is decided
    await bo.page.clock.pauseAt(Date.now() + 500);
    const [kol, content] = await Promise.all([house.account('chan:kol'), house.account('chan:content')]);
    const cancelAt = () => bo.page.getByTestId(`${approve}-cancel`).boundingBox();
    const place = await cancelAt();
    const { body: rival } = await house.call<MoveReply>(house.ann, 'POST', '/budget/transfers', {
      legs: [{ from: kol.id, to: content.id, amountMinor: 400 * WAN }],
      expected: { [kol.id]: kol.allocationVersion, [content.id]: content.allocationVersion },
      reason: 'rival',
    });
    await sees(bo.page, `${id('inbox')}[data-count="2"]`);
    expect(await bo.page.locator('.inbox-item').count()).toBe(1);
    expect(await cancelAt()).toEqual(place);
    await bo.page.clock.resume();
    await bo.page.keyboard.press('Escape');
    await sees(bo.page, id(`waiting-${rival.move?.id}`));
    await house.call(house.ann, 'POST', `/budget/transfers/${rival.move?.id}/cancel`, {});
    await gone(bo.page, id(`waiting-${rival.move?.id}`));
    await enabled(bo.page, approve);
    expect(bo.sent).toEqual([]);
    // held and left alone it goes; both see it
    await holdUntil(bo.page, approve, () => sees(bo.page, id(`${approve}-counting`)));
    expect(bo.sent).toEqual([]);
    await bo.page.clock.runFor(5_100);
    for (const desk of [ann, bo]) {
      await sees(desk.page, `${id(`move-${move.id}`)}[data-state="settled"]`);
      await expect.poll(() => desk.page.textContent(id('waterfall')), WAIT).toBeTruthy();
    }
    await expect.poll(() => page.inputValue(id('field-chan:social')), WAIT).toBe(String(before + 20));
    expect([...ann.faults, ...bo.faults]).toEqual([]);
  });

  it('[MON6] a preview writes nothing', async () => {
    const house = at();
    const before = (await house.moves()).length;
    const [search, social] = await Promise.all([house.account('chan:search'), house.account('chan:social')]);
    const { body } = await house.call<MoveReply>(house.ann, 'POST', '/budget/transfers', {
      legs: [{ from: search.id, to: social.id, amountMinor: WAN }],
      expected: { [search.id]: search.allocationVersion, [social.id]: social.allocationVersion },
      reason: 'preview',
      validateOnly: true,
    });
    expect((body.preview as MovePreview).changes).toHaveLength(2);
    expect((await house.moves()).length).toBe(before);
  });
}
