import { Lexer } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Block, Inline } from '#contract/runbooks';
import { blocks, inlineText, safeHref } from './markdown.ts';

const hrefs = (node: Block | Inline): string[] => {
  const children = 'children' in node ? node.children : node.type === 'list' ? node.items.flat() : [];
  return [...(node.type === 'link' ? [node.href] : []), ...children.flatMap(hrefs)];
};

describe('runbook text is a closed list of nodes', () => {
  it('[RUN12] raw HTML, images and unknown marks stay text', () => {
    expect(inlineText('a <script>alert(1)</script> ![x](y.png) ~~d~~')).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'text', text: '<script>' },
      { type: 'text', text: 'alert(1)' },
      { type: 'text', text: '</script>' },
      { type: 'text', text: ' ' },
      { type: 'text', text: '![x](y.png)' },
      { type: 'text', text: ' ' },
      { type: 'text', text: '~~d~~' },
    ]);
    const hostile =
      '<svg onload=alert(1)>\n\n<iframe src="javascript:1"></iframe>\n\n> <b>q</b>\n\n- <img src=x onerror=1>\n';
    const kinds = new Set<string>();
    const walk = (node: Block | Inline): void => {
      kinds.add(node.type);
      if ('children' in node) node.children.forEach(walk);
      if (node.type === 'list') node.items.flat().forEach(walk);
    };
    blocks(new Lexer().lex(hostile)).forEach(walk);
    expect([...kinds].sort()).toEqual(['list', 'paragraph', 'quote', 'text']);
  });
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:1',
    'file:///etc/passwd',
    'ftp://example.com/',
    '//evil.example/x',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https://user:pw@evil.example/',
    'wall',
    '',
  ])('[RUN12] %j is no link', (href) => expect(safeHref(href)).toBeNull());
  it.each([
    'https://example.com/a?b=c#d',
    'http://10.0.0.1:8080/x',
    'mailto:duty@example.com',
    '/wall?scene=checkout',
    '/runbooks/payment-risk',
  ])('[RUN12] %s is a link', (href) => expect(safeHref(href)).toBe(href));
  it('[RUN12] a refused link is shown as it was written, in whatever form Markdown has', () => {
    for (const text of [
      '[x](javascript:alert(1))',
      '<javascript:alert(1)>',
      '[x](<java script:1>)',
      '[x]( data:text/html,1 )',
    ])
      expect(inlineText(text).flatMap(hrefs)).toEqual([]);
    expect(inlineText('[x](javascript:alert(1))')).toEqual([{ type: 'text', text: '[x](javascript:alert(1))' }]);
    expect(blocks(new Lexer().lex('[x][r]\n\n[r]: javascript:alert(1)\n')).flatMap(hrefs)).toEqual([]);
  });
  it('[RUN13] a KPI in backquotes is a number to look at', () => {
    expect(inlineText('see `kpi:gmv_paid` and `kpi:GMV`')).toEqual([
      { type: 'text', text: 'see ' },
      { type: 'kpi', id: 'gmv_paid' },
      { type: 'text', text: ' and ' },
      { type: 'code', text: 'kpi:GMV' },
    ]);
  });
});
