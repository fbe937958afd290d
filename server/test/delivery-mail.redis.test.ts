import { describe, expect, it } from 'vitest';
import { DUE_KINDS } from '#contract/alerts';
import type { Contact } from '../../alerts/delivery/domain/receiver.ts';
import { sendMail } from '../../alerts/delivery/mail.ts';
import { createHostResolver } from '../outbound/resolve.ts';
import { deliveryKit } from './delivery-kit.ts';
import { smtpSink } from './smtp-sink.ts';

const file = (port: number): string =>
  `receivers:\n  - { id: mail, kind: email, smtp: { host: 127.0.0.1, port: ${port} }, from: war-room@example.com, to: [all@example.com], sends: [groups, pages] }\n`;
const header = (text: string, name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1] ?? '';

describe('e-mail over SMTP', () => {
  it('[DLV15] a page goes to the person, a group to the list, with one Message-ID over all tries', async () => {
    const answers = ['451 later', '451 later', '250 taken', '250 taken'];
    const sink = await smtpSink(() => answers.shift() ?? '250 taken');
    const kit = await deliveryKit(file(sink.port), {}, [sink.port]);
    (kit.first.dutyConfig().contacts as Record<string, Contact>).Ann = { email: 'ann@example.com' };
    await kit.fire();
    await kit.work();
    expect(sink.seen).toEqual([]);
    const { receivers } = await kit.first.delivery.list();
    expect(receivers[0]).toMatchObject({
      queueCount: 2,
      failedTriesCount: 2,
      lastError: { reason: 'serverError', status: 451 },
    });
    const waiting = await kit.redis.zrange(`${kit.core}:deliver:queue:mail`, 0, '-1');
    await kit.hurry('deliver:queue:mail');
    await kit.first.delivery.pump.turn();
    expect(sink.seen.map(({ from, to }) => [from, ...to]).sort()).toEqual([
      ['war-room@example.com', 'all@example.com'],
      ['war-room@example.com', 'ann@example.com'],
    ]);
    const ids = sink.seen.map(({ text }) => header(text, 'Message-ID')).sort();
    expect(ids).toEqual(waiting.map((field) => `<${field.slice('mail|'.length)}@campaign-war-room>`).sort());
    const page = sink.seen.find(({ to }) => to.includes('ann@example.com'));
    expect(header(page?.text ?? '', 'Auto-Submitted')).toBe('auto-generated');
    expect(header(page?.text ?? '', 'Subject')).toMatch(/^=\?UTF-8\?/);
  });
  it('[DLV15] each person is paged by an e-mail of their own: one whose address is refused is said to be unpaged, the other is not', async () => {
    const sink = await smtpSink(undefined, (address) => address !== 'ann@example.com');
    const kit = await deliveryKit(file(sink.port), {}, [sink.port]);
    const contacts = kit.first.dutyConfig().contacts as Record<string, Contact>;
    const id = await kit.fire();
    await kit.work(); // the first step is hers alone, and nothing reaches her
    contacts.Ann = { email: 'ann@example.com' };
    contacts.Bo = { email: 'bo@example.com' };
    await kit.hurry(`due:queue:${DUE_KINDS.escalate}`); // both of them
    await kit.work();
    const paged = sink.seen.filter(({ text }) => header(text, 'To') !== 'all@example.com').map(({ to }) => to);
    expect(paged).toEqual([['bo@example.com']]);
    const ofAnn = async () =>
      (await kit.first.detail(id)).history.flatMap(({ type, reason, text }) =>
        type === 'no_notification' ? [`${text}: ${reason}`] : [],
      );
    await expect.poll(ofAnn).toEqual(['Ann: no receiver', 'Ann: clientError']);
    expect((await kit.first.delivery.deadLetters()).letters.every(({ error }) => error.status === 550)).toBe(true);
  });
  it('[DLV15] taken for some of a list it is taken, and the answer says for whom it is not; 5 s hold for the name, too', async () => {
    const sink = await smtpSink(undefined, (address) => address !== 'gone@example.com');
    const smtp = {
      host: '127.0.0.1',
      port: sink.port,
      secure: false,
      user: null,
      password: null,
      from: 'w@example.com',
      to: [],
    };
    const mail = { id: 'm', to: ['gone@example.com', 'all@example.com'], subject: 's', text: 't' };
    const resolve = createHostResolver([`127.0.0.1:${sink.port}`]);
    expect(await sendMail(smtp, mail, resolve)).toMatchObject({
      ok: true,
      answer: expect.stringMatching(/250 taken; gone@example.com: .*550/),
    });
    expect(sink.seen.map(({ to }) => to)).toEqual([['all@example.com']]);
    const never = (): Promise<string> => new Promise(() => undefined);
    expect(await sendMail(smtp, mail, never, 50)).toMatchObject({
      ok: false,
      reason: 'contextDeadlineExceeded',
      retryable: true,
    });
  });
  it('[DLV15] 5xx is final; an address that may not be called is refused before anything is sent', async () => {
    const sink = await smtpSink(() => '550 no such person');
    const kit = await deliveryKit(file(sink.port), {}, [sink.port]);
    await kit.fire();
    await kit.work();
    expect((await kit.first.delivery.deadLetters()).letters[0]).toMatchObject({
      error: { reason: 'clientError', status: 550 },
    });
    const refused = createHostResolver([]);
    for (const host of ['127.0.0.1', '::1', '10.0.0.1', 'localhost'])
      await expect(refused(host, 25)).rejects.toMatchObject({ code: 'outbound_refused' });
  });
});
