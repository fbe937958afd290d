import { Lexer, type Token, type Tokens } from 'marked';
import type { Block, Inline } from '#contract/runbooks';

/**
 * Markdown as a closed list of nodes. Only the lexer is used: no HTML is ever made, raw HTML becomes text, and a link that is
 * neither http, https, mailto nor a page of this console becomes its text. What is not listed here is shown as it was written.
 */
const OWN_PAGE = /^\/(?!\/)[A-Za-z0-9/_?=&.:#%-]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what hides a scheme from a check
const HIDDEN = /[\u0000-\u0020\u007f-\u00a0\u2028-\u202e\u2066-\u2069\\]/;

/** The address as it may be followed; null when it may not be a link. */
export function safeHref(href: string): string | null {
  if (HIDDEN.test(href)) return null;
  if (OWN_PAGE.test(href)) return href;
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (url.protocol === 'mailto:') return href;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return url.username === '' && url.password === '' && /^https?:\/\//i.test(href) ? href : null;
}

const KPI = /^kpi:([a-z][a-z0-9_]*)$/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};
/** The five entities are read as their characters; nothing else is decoded, and what comes out is text, never markup. */
const plain = (text: string): string => text.replace(/&(?:lt|gt|amp|quot|#39);/g, (found) => ENTITIES[found] ?? found);

function inline(token: Token): readonly Inline[] {
  switch (token.type) {
    case 'text':
      return 'tokens' in token && token.tokens ? inlines(token.tokens) : [{ type: 'text', text: plain(token.text) }];
    case 'escape':
      return [{ type: 'text', text: plain((token as Tokens.Escape).text) }];
    case 'codespan': {
      const text = plain((token as Tokens.Codespan).text);
      const id = KPI.exec(text)?.[1];
      return [id === undefined ? { type: 'code', text } : { type: 'kpi', id }];
    }
    case 'strong':
    case 'em':
      return [{ type: token.type, children: inlines(token.tokens ?? []) }];
    case 'br':
      return [{ type: 'break' }];
    case 'link': {
      const link = token as Tokens.Link;
      const href = safeHref(link.href);
      return href === null
        ? [{ type: 'text', text: link.raw }]
        : [{ type: 'link', href, children: inlines(link.tokens) }];
    }
    default:
      return [{ type: 'text', text: token.raw }]; // html, image, del and whatever a later lexer knows
  }
}
export const inlines = (tokens: readonly Token[]): Inline[] => tokens.flatMap(inline);
/** One line of Markdown. */
export const inlineText = (text: string): Inline[] => inlines(Lexer.lexInline(text));

function block(token: Token): readonly Block[] {
  switch (token.type) {
    case 'space':
      return [];
    case 'paragraph':
    case 'text':
      return [
        { type: 'paragraph', children: 'tokens' in token && token.tokens ? inlines(token.tokens) : inline(token) },
      ];
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading;
      return [{ type: 'heading', level: Math.min(6, Math.max(3, depth)), children: inlines(tokens) }];
    }
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      return [{ type: 'list', ordered, items: items.map((item) => blocks(item.tokens)) }];
    }
    case 'blockquote':
      return [{ type: 'quote', children: blocks(token.tokens ?? []) }];
    case 'code':
      return [{ type: 'code', text: (token as Tokens.Code).text }];
    case 'hr':
      return [{ type: 'rule' }];
    default:
      return [{ type: 'paragraph', children: [{ type: 'text', text: token.raw.trim() }] }];
  }
}
export const blocks = (tokens: readonly Token[]): Block[] => tokens.flatMap(block);

/** The text of a block, in its order. */
export function inlinesOf(block: Block): readonly Inline[] {
  if (block.type === 'list') return block.items.flatMap((item) => item.flatMap(inlinesOf));
  if (block.type === 'quote') return block.children.flatMap(inlinesOf);
  return block.type === 'paragraph' || block.type === 'heading' ? block.children : [];
}

/** Every link and KPI in a text, for the linter. */
export function references(nodes: readonly Inline[]): { links: string[]; kpis: string[] } {
  const links: string[] = [];
  const kpis: string[] = [];
  const walk = (node: Inline): void => {
    if (node.type === 'link') links.push(node.href);
    if (node.type === 'kpi') kpis.push(node.id);
    if ('children' in node) node.children.forEach(walk);
  };
  nodes.forEach(walk);
  return { links, kpis };
}
