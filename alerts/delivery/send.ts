import type { DeliveryFailure, SoundMark } from '#contract/receivers';
import type { HostResolver } from '../../server/outbound/resolve.ts';
import type { Outbound, Outgoing } from '../../server/outbound/send.ts';
import { type Delivery, type Message, peopleOf, tierOf } from './domain/message.ts';
import { KIND_LIMITS, type Receiver } from './domain/receiver.ts';
import { dingtalkRequest, feishuRequest, robotProblem, wecomRequest } from './domain/render-chat.ts';
import { pagerDutyBody } from './domain/render-pagerduty.ts';
import { templateBody, webhookBody } from './domain/render-webhook.ts';
import { isRetryable } from './domain/retry.ts';
import { readTemplate } from './domain/template.ts';
import { cutBytes, type Links, wordsOf } from './domain/words.ts';
import { sendMail } from './mail.ts';

/** What came of one try. */
export type SendResult =
  | { readonly ok: true; readonly status: number | null; readonly answer: string }
  | {
      readonly ok: false;
      readonly reason: DeliveryFailure;
      readonly status: number | null;
      readonly message: string;
      readonly retryable: boolean;
      /** Seconds the sink asks to wait; null when it does not say. */
      readonly retryAfterS: number | null;
      /** The sink wants no more (410). */
      readonly gone: boolean;
      readonly answer: string;
    };
export interface SenderDeps {
  readonly outbound: Outbound;
  readonly resolve: HostResolver;
  readonly links: Links;
  readonly nowMs: () => number;
  /** Lets the screens of the console ring. */
  readonly ring: (mark: SoundMark) => Promise<void>;
}
export interface Try {
  /** From 1. */
  readonly tries: number;
  /** Redis time of the claim, ms. */
  readonly claimedAtMs: number;
}
/** A robot that is asked too often shuts for minutes: it is given this long, s. Feishu counts seconds, too, and goes on at once. */
const ROBOT_PAUSE_S = 60;
const FEISHU_PAUSE_S = 5;
/** Pieces of an address this long may be a token, characters. */
const TOKEN_CHARS = 8;
const SUBJECT_BYTES = 400;
const DONE: SendResult = { ok: true, status: null, answer: '' };

/** Sends to every kind of receiver: one try, at most 5 s, never throws. Several deliveries at once are told as one summary. */
export function createSender({ outbound, resolve, links: places, nowMs, ring }: SenderDeps) {
  async function post(outgoing: Outgoing): Promise<SendResult> {
    const sent = await outbound.send(outgoing);
    if (sent.kind === 'delivered') return { ok: true, status: sent.status, answer: sent.body };
    const { reason, status, message, retryAfterS, body: answer } = sent;
    const retryable = status === null ? sent.retryable : isRetryable(status);
    return { ok: false, reason, status, message, retryable, retryAfterS, gone: status === 410, answer };
  }
  /** Robots answer 200 whatever they think, the verdict is in the body; that it was too often Feishu says with 400. */
  async function robot(outgoing: Outgoing, pauseS = ROBOT_PAUSE_S): Promise<SendResult> {
    const sent = await post(outgoing);
    if (!sent.ok && sent.status === null) return sent;
    const problem = robotProblem(sent.answer);
    if (problem === null || (!sent.ok && problem.kind === 'refused')) return sent;
    const { kind, message } = problem;
    return {
      ok: false,
      reason: kind === 'limited' ? 'rateLimited' : kind === 'busy' ? 'serverError' : 'clientError',
      status: sent.status,
      message,
      retryable: kind !== 'refused',
      retryAfterS: kind === 'limited' ? pauseS : null,
      gone: false,
      answer: sent.answer,
    };
  }

  async function mail({ smtp, language }: Receiver, { id, message }: Delivery, links: Links): Promise<SendResult> {
    if (smtp === null) return DONE;
    const people = peopleOf(message).flatMap(({ contact }) => contact.email ?? []);
    const to = [
      ...new Set(people.length > 0 ? people : smtp.to.length > 0 || message.topic !== 'test' ? smtp.to : [smtp.from]),
    ];
    if (to.length === 0) return DONE; // nobody it could go to
    const words = wordsOf(message, language, links);
    const text = [words.title, '', ...words.lines, '', ...words.links, ''].join('\n');
    return sendMail(smtp, { id, to, subject: cutBytes(words.title, SUBJECT_BYTES), text }, resolve);
  }

  async function sound({ id, message }: Delivery): Promise<SendResult> {
    const alert = message.topic === 'group' || message.topic === 'silence' ? '' : message.alert.id;
    const people = peopleOf(message).map(({ person }) => person);
    await ring({ id, tier: tierOf(message), at: nowMs(), alert, people });
    return DONE;
  }

  async function one(
    receiver: Receiver,
    delivery: Delivery,
    messages: readonly Message[],
    at: Try,
  ): Promise<SendResult> {
    const { kind, url, secrets, headers, language, contentType } = receiver;
    const { id, message, createdAtMs } = delivery;
    const links: Links = { ...places, sent: { dueAtMs: createdAtMs, atMs: nowMs() } };
    const { bodyMaxBytes } = KIND_LIMITS[kind];
    const secret = secrets[0] ?? '';
    const chat = { url, secret, language, links, nowMs: nowMs() };
    const tried = { ...headers, 'x-warroom-attempt': String(at.tries), 'x-warroom-claimed-at': String(at.claimedAtMs) };
    switch (kind) {
      case 'webhook':
        return post({ url, id, body: webhookBody(message, receiver.id, links, bodyMaxBytes), headers: tried, secrets });
      case 'template': {
        const template = readTemplate(receiver.template);
        if (typeof template === 'string') throw new Error(template);
        const body = templateBody(message, { id, template, contentType, language }, links);
        return post({ url, id, body, headers: tried, contentType, ...(secrets.length === 0 ? {} : { secrets }) });
      }
      case 'dingtalk':
        return robot({ id, ...dingtalkRequest(messages, chat) });
      case 'wecom':
        return robot({ id, ...wecomRequest(messages, chat) });
      case 'feishu':
        return robot({ id, ...feishuRequest(messages, chat) }, FEISHU_PAUSE_S);
      case 'pagerduty': {
        const body = pagerDutyBody(message, secret, language, links);
        return body === null ? DONE : post({ url, id, body });
      }
      case 'email':
        return mail(receiver, delivery, links);
      case 'sound':
        return sound(delivery);
    }
  }

  return async function send(receiver: Receiver, deliveries: readonly Delivery[], at: Try): Promise<SendResult> {
    const [first] = deliveries;
    if (first === undefined) return DONE;
    try {
      const messages = deliveries.map(({ message }) => message);
      return withoutSecrets(receiver, await one(receiver, first, messages, at));
    } catch (error) {
      // a fault of ours: the message is not lost, and not tried at once
      const message = error instanceof Error ? error.message : String(error);
      return {
        ok: false,
        reason: 'other',
        status: null,
        message,
        retryable: true,
        retryAfterS: 60,
        gone: false,
        answer: '',
      };
    }
  };
}
export type Sender = ReturnType<typeof createSender>;

/** What a sink says may quote the address it was called by, or what it was called with: no secret comes back that way. */
function withoutSecrets({ url, secrets, headers }: Receiver, result: SendResult): SendResult {
  const target = url === '' ? null : new URL(url);
  const values = [...(target?.searchParams.values() ?? [])];
  const given = [...values, ...values.map(encodeURIComponent), ...secrets, ...Object.values(headers)];
  const pieces = [...(target?.pathname.split('/') ?? []), ...given].filter((piece) => piece.length >= TOKEN_CHARS);
  const longest = pieces.sort((a, b) => b.length - a.length);
  const clean = (text: string): string => longest.reduce((left, piece) => left.replaceAll(piece, '…'), text);
  const answer = clean(result.answer);
  return result.ok ? { ...result, answer } : { ...result, answer, message: clean(result.message) };
}
