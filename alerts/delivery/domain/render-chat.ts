import { createHmac } from 'node:crypto';
import { type Message, peopleOf } from './message.ts';
import { cutBytes, fitText, foldedWords, type Links, type Words, wordsOf } from './words.ts';

/** WeCom's text takes 2,048 bytes; DingTalk's and Feishu's whole bodies 20 KB, of which text gets the greater part. */
export const WECOM_TEXT_BYTES = 2_048;
const ROOM_TEXT_BYTES = 12_000;

export interface Request {
  readonly url: string;
  readonly body: string;
}
export interface ChatOptions {
  readonly url: string;
  /** '' when the robot is not set to sign. */
  readonly secret: string;
  readonly language: 'zh' | 'en' | 'both';
  readonly links: Links;
  /** ms since the Unix epoch, for the signature. */
  readonly nowMs: number;
}
const words = (messages: readonly Message[], { language, links }: ChatOptions): Words => {
  const [first] = messages;
  return first !== undefined && messages.length === 1
    ? wordsOf(first, language, links)
    : foldedWords(messages, language, links);
};
/** WeCom and Feishu read mentions out of the text: what a label or a comment holds must not become one. */
const harmless = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');
const harmlessWords = ({ title, lines, links }: Words): Words => ({
  title: harmless(title),
  lines: lines.map(harmless),
  links: links.map(harmless),
});
/** Robots know numbers of the mainland without the country's. */
const mobileOf = (mobile: string | undefined): string | undefined => mobile?.replace(/^\+86-?/, '');
/** Topics that call people; what became of an alert is read without a bell. */
const RINGS: ReadonlySet<Message['topic']> = new Set<Message['topic']>(['page', 'reminder', 'test']);
const mentioned = <T>(
  messages: readonly Message[],
  of: (person: ReturnType<typeof peopleOf>[number]) => T | undefined,
): T[] =>
  [
    ...new Set(
      messages.flatMap((message) =>
        RINGS.has(message.topic) ? peopleOf(message).flatMap((person) => of(person) ?? []) : [],
      ),
    ),
  ].slice(0, 50);

/**
 * DingTalk: HMAC-SHA256 over `timestamp\nsecret` with the secret, base64, in the address; people are @ by user id, otherwise by mobile
 * number, which rings only when the text has it, too.
 */
export function dingtalkRequest(messages: readonly Message[], options: ChatOptions): Request {
  const { secret, nowMs } = options;
  const url = new URL(options.url);
  if (secret !== '') {
    const sign = createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
    url.searchParams.set('timestamp', String(nowMs));
    url.searchParams.set('sign', sign);
  }
  const atUserIds = mentioned(messages, ({ contact }) => contact.dingtalkId);
  const atMobiles = mentioned(messages, ({ contact }) =>
    contact.dingtalkId === undefined ? mobileOf(contact.mobile) : undefined,
  );
  const at = [...atUserIds, ...atMobiles].map((who) => `@${who}`).join(' ');
  const said = words(messages, options);
  const content = fitText({ ...said, links: at === '' ? said.links : [...said.links, at] }, ROOM_TEXT_BYTES);
  return {
    url: url.href,
    body: JSON.stringify({ msgtype: 'text', text: { content }, at: { atMobiles, atUserIds, isAtAll: false } }),
  };
}

/** WeCom: the key in the address is all it checks; people are @ by user id, otherwise by mobile number. */
export function wecomRequest(messages: readonly Message[], options: ChatOptions): Request {
  const ids = mentioned(messages, ({ contact }) => contact.wecomId);
  const mobiles = mentioned(messages, ({ contact }) =>
    contact.wecomId === undefined ? mobileOf(contact.mobile) : undefined,
  );
  const text = {
    content: fitText(harmlessWords(words(messages, options)), WECOM_TEXT_BYTES),
    ...(ids.length === 0 ? {} : { mentioned_list: ids }),
    ...(mobiles.length === 0 ? {} : { mentioned_mobile_list: mobiles }),
  };
  return { url: options.url, body: JSON.stringify({ msgtype: 'text', text }) };
}

/** Feishu: HMAC-SHA256 of nothing with the key `timestamp\nsecret`, in the body; people are @ by open id. */
export function feishuRequest(messages: readonly Message[], options: ChatOptions): Request {
  const { secret, nowMs } = options;
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signed =
    secret === ''
      ? {}
      : { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
  const at = mentioned(messages, ({ contact, person }) =>
    contact.feishuId === undefined ? undefined : `<at user_id="${contact.feishuId}">${harmless(person)}</at>`,
  ).join(' ');
  const said = fitText(harmlessWords(words(messages, options)), ROOM_TEXT_BYTES);
  const text = at === '' ? said : `${said}\n${at}`;
  return { url: options.url, body: JSON.stringify({ ...signed, msg_type: 'text', content: { text } }) };
}

/**
 * What a robot's 200 says: DingTalk and WeCom answer `errcode`, Feishu `code`, both 0 when it was taken.
 * @returns null when it was taken
 */
export function robotProblem(
  answer: string,
): { readonly kind: 'limited' | 'busy' | 'refused'; readonly message: string } | null {
  let reply: { errcode?: unknown; errmsg?: unknown; code?: unknown; StatusCode?: unknown; msg?: unknown };
  try {
    reply = JSON.parse(answer) as typeof reply;
  } catch {
    return { kind: 'refused', message: `the answer is no JSON: ${cutBytes(answer, 100)}` };
  }
  const code = reply.errcode ?? reply.code ?? reply.StatusCode;
  if (code === 0) return null;
  const said = String(reply.errmsg ?? reply.msg ?? '');
  const message = `the robot answered ${String(code)}: ${cutBytes(said, 300)}`;
  // too often: DingTalk 130101 (410100 before), WeCom 45009, Feishu 11232, and 9499, which is also any bad request
  if ([130101, 410100, 45009, 11232].includes(Number(code))) return { kind: 'limited', message };
  if (Number(code) === 9499 && /too many|frequen/i.test(said)) return { kind: 'limited', message };
  // their own trouble: DingTalk and WeCom -1 (busy)
  if (Number(code) === -1) return { kind: 'busy', message };
  return { kind: 'refused', message };
}
