import { describe, expect, it } from 'vitest';
import { alert, group, links, NOW, page, people } from '../../../server/test/delivery-messages.ts';
import type { Message } from './message.ts';
import { cutBytes, fitText, plain, valueText, wordsOf } from './words.ts';

describe('words', () => {
  it('[DLV16] a page names the tier, the value, its limit, since when, whom, the open ones and both links', () => {
    const { title, lines, links: at } = wordsOf(page, 'zh', links);
    expect(title).toBe('[⬣ 紧急] 支付失败');
    expect(lines).toEqual([
      '现值 90 %（界限 97 %），自 2026-11-10 23:59:00',
      '首次通知，第 1 步，通知 Guo Rui (技术负责人 A)',
      '同组未恢复 3 条',
    ]);
    expect(at).toEqual(['告警：https://war.example/desk?alert=a1', '预案：https://war.example/runbooks/payment-risk']);
    expect(wordsOf(page, 'en', links).lines[0]).toBe('now 90 % (limit 97 %), since 2026-11-10 23:59:00');
    expect(wordsOf(page, 'both', links).lines.join()).toMatch(/现值.*Payments fail.*now 90 %/);
  });
  it('[DLV29] names stand in the reader’s language; what the title says is not said twice', () => {
    const on = { ...alert, labels: { alertname: 'Roas', domain: 'marketing', channel: 'search', zone: 'z-1' } };
    const title = (language: 'zh' | 'en'): string => wordsOf({ ...page, alert: on }, language, links).title;
    expect(title('zh')).toBe('[⬣ 紧急] 支付失败 · 渠道 搜索 · zone z-1');
    expect(title('en')).toBe('[⬣ Critical] Payments fail · channel Search · zone z-1');
    expect(wordsOf({ ...page, alert }, 'en', links).lines[1]).toBe(
      'first notification, step 1, to Guo Rui (Technology lead A)',
    );
  });
  it('[DLV30] a value that is back within its limit is said to recover, since when and what is missing', () => {
    const held = { ...alert, recovery: { sinceMs: NOW, windowsLeftCount: 2, untilMs: null } };
    const first = (language: 'zh' | 'en', of = held): string =>
      wordsOf({ ...page, alert: of }, language, links).lines[0] ?? '';
    expect(first('zh')).toBe(
      '现值 90 %（界限 97 %），自 2026-11-10 23:59:00；恢复中：2026-11-11 00:00:00 起已回到界限内，再正常 2 个窗口即回落',
    );
    expect(first('en')).toContain(
      'recovering: within the limit since 2026-11-11 00:00:00, lower after 2 more good windows',
    );
    const kept = { ...held, recovery: { sinceMs: NOW, windowsLeftCount: 0, untilMs: NOW + 30_000 } };
    expect(first('en', kept as unknown as typeof held)).toContain('over at 2026-11-11 00:00:30 if it stays so');
  });
  it('[DLV16] an alert from outside has no value here: its description says what it is about', () => {
    const on = {
      ...alert,
      value: null,
      limit: null,
      unit: '',
      annotations: { summary: 'CPU', description: 'at 97 %\nnow' },
    };
    expect(wordsOf({ ...page, alert: on }, 'en', links).lines.slice(0, 2)).toEqual([
      'since 2026-11-10 23:59:00',
      'at 97 % now',
    ]);
    expect(wordsOf({ ...page, alert: on }, 'zh', links).lines[0]).toBe('自 2026-11-10 23:59:00');
    const ended: Message = { topic: 'handling', what: 'resolved', alert: { ...on, endsAt: NOW }, by: '', people };
    expect(wordsOf(ended, 'en', links).lines[1]).toBe('2026-11-10 23:59:00 to 2026-11-11 00:00:00');
  });
  it('[DLV16] a group tells both counts; what is over tells the value that resolved it', () => {
    expect(wordsOf(group(2, 1), 'en', links).lines[0]).toBe('new alerts added: 2 firing, 1 resolved');
    const resolved = wordsOf(group(0, 1), 'en', links);
    expect(resolved.title).toBe('[Resolved] Payments fail');
    expect(resolved.lines[1]).toMatch(/resolved at 99.5 % \(limit 97 %\)/);
  });
  it('[DLV16] every kind of message has words in both languages', () => {
    const silence = { id: 's', matchers: [], endsAt: NOW, createdBy: 'Lin', comment: 'deploy' };
    const all: Message[] = [
      page,
      group(1, 0),
      { topic: 'handling', what: 'acknowledged', alert, by: 'Lin Yue', people },
      { topic: 'reminder', alert, expiresAt: NOW, people },
      { topic: 'silence', silence, matchedCount: 2, people },
      { topic: 'test', alert, by: 'Lin', people },
    ];
    for (const message of all) {
      expect(wordsOf(message, 'zh', links).title).toMatch(/[\u3400-\u9fff]/);
      expect(wordsOf(message, 'en', links).title).not.toMatch(/[\u3400-\u9fff]/);
    }
  });
  it('[DLV16] what a label holds stays one line of plain text', () => {
    expect(plain('a\n\u202eb\u0000c')).toBe('a b c');
    expect([valueText(12_345, 'minor'), valueText(null, 'ratio'), valueText(1.5, 'multiple')]).toEqual([
      '¥123.45',
      '–',
      '1.5×',
    ]);
  });
  it('[DLV11] text is cut to bytes, never inside a character, and the links stay', () => {
    expect(cutBytes('支付失败', 9)).toBe('支付…');
    const text = fitText(
      { title: 't', lines: Array.from({ length: 99 }, () => '支付失败'), links: ['https://x/1'] },
      200,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200);
    expect(text.endsWith('https://x/1')).toBe(true);
  });
});
