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
  if (code === 'ETIMEDOUT') return { ...failed, reason: 'contextDeadlineExceeded', retryable: true };
  if (status !== null && status >= 500) return { ...failed, reason: 'clientError', retryable: false };
  if (status !== null && status >= 400) return { ...failed, reason: 'serverError', retryable: true };
  return { ...failed, reason: 'other', retryable: true };
}

/**
 * One e-mail over SMTP, one try. The name is resolved once and judged as for webhooks; a password is never sent in clear, except
 * over loopback. The Message-ID is the same over all tries.
 */
export async function sendMail(smtp: Smtp, mail: Mail, resolve: HostResolver): Promise<SendResult> {
  let address: string;
  try {
    address = await resolve(smtp.host, smtp.port);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = (error as { code?: string }).code === 'outbound_refused';
    return {
      ok: false,
      reason: refused ? 'refusedAddress' : 'other',
      status: null,
      message,
      retryable: !refused,
      retryAfterS: null,
      gone: false,
      answer: '',
    };
  }
  const { user, password } = smtp;
  const transport = createTransport({
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
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, refuse) => {
      timer = setTimeout(
        () => refuse(Object.assign(new Error(`no whole answer within ${SEND_TIMEOUT_MS} ms`), { code: 'ETIMEDOUT' })),
        SEND_TIMEOUT_MS,
      );
    });
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
    return { ok: true, status: 250, answer: String(sent.response ?? '') };
  } catch (error) {
    return judge(error);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}
