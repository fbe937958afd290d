import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings } from './desk-habits.ts';
import { type DeskHouse, deskHouse } from './desk-house.ts';

describe('receivers on the health page', () => {
  let house: DeskHouse;
  beforeAll(async () => {
    house = await deskHouse();
  }, 120_000);
  afterAll(() => house?.close(), 30_000);

  it('[DLV28] shows how each receiver does; a test is one press and says what the receiver answered', async () => {
    const { page, faults } = await house.open(house.oncall(0), { path: '/health', lang: 'en' });
    const row = page.getByTestId('receiver-console');
    await row.waitFor({ timeout: 30_000 });
    await page.waitForFunction(
      () => /● well/.test(document.querySelector('[data-testid="receiver-console"]')?.textContent ?? ''),
      undefined,
      { timeout: 30_000 },
    );
    const button = row.getByRole('button', { name: 'Send a test' });
    await button.click({ timeout: 30_000 });
    await page.waitForFunction(
      () => /^console took it/.test(document.querySelector('[data-testid="receivers-said"]')?.textContent ?? ''),
      undefined,
      { timeout: 30_000 },
    );
    expect(await axeFindings(page)).toEqual([]);
    expect(faults).toEqual([]);
  }, 120_000);
});
