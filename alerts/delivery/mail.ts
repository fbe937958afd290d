import { createTransport } from 'nodemailer';
import type { HostResolver } from '../../server/outbound/resolve.ts';
import { SEND_TIMEOUT_MS } from '../../server/outbound/send.ts';
import type { Smtp } from './domain/receiver.ts';
import type { SendResult } from './send.ts';

export interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}
const LOOPBACK = /^(127\.|::1$)/;

/** SMTP's verdict, or none: 4xx and a lost connection may pass, 5xx is final. */
function judge(error: unknown): SendResult {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string };
  const status = responseCode ?? null;
  const failed = {
    ok: false,
    status,
    message: message ?? String(error),
    retryAfterS: null,
    gone: false,
    answer: '',
  } as const;
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return { ...failed, reason: 'authError', retryable: status !== null && status < 500 };
  if (code === 'outbound_refused') return { ...failed, reason: 'refusedAddress', retryable: false };
  if (code === 'ETIMEDOUT') return { ...failed, reason: 'contextDeadlineExceeded', retryable: true };
  if (status !== null && status >= 500) return { ...failed, reason: 'clientError', retryable: false };
  if (status !== null && status >= 400) return { ...failed, reason: 'serverError', retryable: true };
  return { ...failed, reason: 'other', retryable: true };
}

/**
 * One e-mail over SMTP, one try. The name is resolved once and judged as for webhooks; a password is never sent in clear, except
 * over loopback. The Message-ID is the same over all tries. Taken for some of its addresses it is taken; the answer says for which
 * it is not.
 * @param timeoutMs - for all of it, the name's resolution too
 */
export async function sendMail(
  smtp: Smtp,
  mail: Mail,
  resolve: HostResolver,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(
      () => refuse(Object.assign(new Error(`no whole answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
  });
  let transport: ReturnType<typeof transportTo> | null = null;
  try {
    const address = await Promise.race([resolve(smtp.host, smtp.port), late]);
    transport = transportTo(smtp, address);
    const sent = await Promise.race([
      transport.sendMail({
        from: smtp.from,
        to: [...mail.to],
        subject: mail.subject,
        text: mail.text,
        messageId: `<${mail.id}@campaign-war-room>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      }),
      late,
    ]);
    const refused = (sent.rejectedErrors ?? []).map(({ recipient = '', message }) => `${recipient}: ${message}`);
    return { ok: true, status: 250, answer: [String(sent.response ?? ''), ...refused].join('; ') };
  } catch (error) {
    return judge(error);
  } finally {
    clearTimeout(timer);
    transport?.close();
  }
}

function transportTo(smtp: Smtp, address: string) {
  const { user, password } = smtp;
  return createTransport({
    host: address,
    port: smtp.port,
    secure: smtp.secure,
    requireTLS: user !== null && !smtp.secure && !LOOPBACK.test(address),
    tls: { servername: smtp.host },
    name: 'campaign-war-room',
    connectionTimeout: SEND_TIMEOUT_MS,
    greetingTimeout: SEND_TIMEOUT_MS,
    socketTimeout: SEND_TIMEOUT_MS,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
  });
}
