import { describe, expect, it } from 'vitest';
import { Measured } from './measured.ts';
import { faultName, ourRules, theirRules } from './rules.ts';
import { firingNames, startSink } from './sink.ts';

describe('bench:alerts', () => {
  it('[AM60] the first hearing of an alert that was expected counts, and what nobody heard is lost', async () => {
    const measured = new Measured('x');
    measured.expect('a', 1_000);
    measured.expect('b', 2_000);
    measured.heard('a', 1_250);
    measured.heard('a', 9_000);
    measured.heard('unknown', 1_000);
    await measured.done('a');
    expect(measured.atPercentile(99)).toBe(250);
    expect(measured.lostCount(2)).toBe(1);
    expect(measured.line(2)).toMatch(/^x +250 ms +250 ms +250 ms +1$/);
  });
  it('[AM60] both sides have the same rules, one a fault', () => {
    const ours = JSON.parse(ourRules(3)).groups[0].rules;
    const theirs = JSON.parse(theirRules(3)).groups[0].rules;
    expect(ours.map(({ alert }: { alert: string }) => alert)).toEqual([1, 2, 3].map(faultName));
    expect(theirs.map(({ alert }: { alert: string }) => alert)).toEqual([1, 2, 3].map(faultName));
    expect(ours[2].expr).toMatch(/>= 3$/);
    expect(theirs[2].expr).toMatch(/>= 3$/);
  });
  it('[AM60] a sink hears what fires, and nothing of what is over or no webhook', async () => {
    const heard: string[] = [];
    const sink = await startSink((name) => heard.push(name));
    const post = (body: string) => fetch(sink.url, { method: 'POST', body });
    const alert = (status: string, alertname: string) => ({ status, labels: { alertname } });
    await post(JSON.stringify({ version: '4', alerts: [alert('firing', 'A'), alert('resolved', 'B')] }));
    await post('nonsense');
    sink.close();
    expect(heard).toEqual(['A']);
    expect(firingNames('{}')).toEqual([]);
  });
});
