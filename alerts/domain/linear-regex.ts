/**
 * Regular expressions that take linear time by construction: a set of states walks the text once (Thompson), so no pattern can
 * make it hang. RE2's syntax without what it needs for searching: literals, `.`, classes, groups, `|`, `* + ? {n,m}`, `^ $`,
 * `\d \w \s`, `(?i)`. Always anchored: the whole text must match, as in Prometheus and Alertmanager.
 */
export type LinearRegex = (text: string) => boolean;
export type ReadRegex =
  | { readonly ok: true; readonly matches: LinearRegex }
  | { readonly ok: false; readonly why: string };

/** States of one pattern; a text costs at most this many steps a character. */
const STATES_MOST = 1_000;
const DEPTH_MOST = 50;
const CHARS_MOST = 1_024;

type Test = (char: number) => boolean;
type Node =
  | { readonly kind: 'char'; readonly test: Test }
  | { readonly kind: 'start' | 'end' | 'empty' }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number | null };
type State =
  | { readonly op: 'char'; readonly test: Test; readonly next: number }
  | { readonly op: 'start' | 'end'; readonly next: number }
  | { readonly op: 'split'; next: number; other: number }
  | { readonly op: 'match' };

class Refused extends Error {}

const between =
  (from: number, to: number): Test =>
  (char) =>
    char >= from && char <= to;
const either =
  (tests: readonly Test[]): Test =>
  (char) =>
    tests.some((test) => test(char));
const not =
  (test: Test): Test =>
  (char) =>
    !test(char);
const code = (char: string): number => char.codePointAt(0) ?? 0;
const DIGIT = between(48, 57);
const WORD = either([DIGIT, between(65, 90), between(97, 122), between(95, 95)]);
const SPACE: Test = (char) => char === 32 || (char >= 9 && char <= 13 && char !== 11);
const CLASSES: Readonly<Record<string, Test>> = {
  d: DIGIT,
  D: not(DIGIT),
  w: WORD,
  W: not(WORD),
  s: SPACE,
  S: not(SPACE),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };
const anyCase =
  (test: Test): Test =>
  (char) => {
    const text = String.fromCodePoint(char);
    return test(char) || test(code(text.toLowerCase())) || test(code(text.toUpperCase()));
  };

class Parser {
  private readonly chars: readonly string[];
  private at = 0;
  private depth = 0;
  private ignoresCase = false;
  constructor(text: string) {
    this.chars = [...text];
  }
  parse(): Node {
    const node = this.any();
    if (this.at < this.chars.length) throw new Refused('unexpected )');
    return node;
  }
  private peek(): string | undefined {
    return this.chars[this.at];
  }
  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at += 1;
    return true;
  }
  private any(): Node {
    const parts: Node[] = [this.all()];
    while (this.take('|')) parts.push(this.all());
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'any', parts };
  }
  private all(): Node {
    const parts: Node[] = [];
    for (let char = this.peek(); char !== undefined && char !== '|' && char !== ')'; char = this.peek())
      parts.push(this.repeated());
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'all', parts };
  }
  private repeated(): Node {
    let node = this.one();
    for (let times = this.times(); times !== null; times = this.times()) {
      if (node.kind === 'repeat') throw new Refused('invalid nested repetition operator');
      node = { kind: 'repeat', part: node, ...times };
      this.take('?'); // least first or most first: the same whole texts match
    }
    return node;
  }
  private times(): { least: number; most: number | null } | null {
    if (this.take('*')) return { least: 0, most: null };
    if (this.take('+')) return { least: 1, most: null };
    if (this.take('?')) return { least: 0, most: 1 };
    if (this.peek() !== '{') return null;
    const rest = this.chars.slice(this.at, this.at + 12).join('');
    const [whole, least, comma, most] = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(rest) ?? [];
    if (whole === undefined || least === undefined) return null; // a brace that counts nothing is itself
    this.at += whole.length;
    const upTo = comma === '' ? Number(least) : most === '' || most === undefined ? null : Number(most);
    if (upTo !== null && upTo < Number(least)) throw new Refused(`invalid repeat count ${whole}`);
    return { least: Number(least), most: upTo };
  }
  private one(): Node {
    const char = this.chars[this.at] ?? '';
    this.at += 1;
    if (char === '(') return this.group();
    if (char === '[') return this.single(this.classTest());
    if (char === '.') return this.single(() => true);
    if (char === '^') return { kind: 'start' };
    if (char === '$') return { kind: 'end' };
    if (char === '\\') return this.single(this.escaped());
    if (char === '*' || char === '+' || char === '?')
      throw new Refused(`missing argument to repetition operator ${char}`);
    return this.single(between(code(char), code(char)));
  }
  private single(test: Test): Node {
    return { kind: 'char', test: this.ignoresCase ? anyCase(test) : test };
  }
  private group(): Node {
    this.depth += 1;
    if (this.depth > DEPTH_MOST) throw new Refused('groups are nested too deep');
    const before = this.ignoresCase;
    if (this.take('?')) {
      if (this.take('i')) this.ignoresCase = true;
      // (?i) holds for what follows, to the end of the group it stands in
      if (this.ignoresCase && !before && this.take(')')) {
        this.depth -= 1;
        return { kind: 'empty' };
      }
      if (!this.take(':')) throw new Refused('invalid or unsupported Perl syntax after (?');
    }
    const node = this.any();
    if (!this.take(')')) throw new Refused('missing closing )');
    this.ignoresCase = before;
    this.depth -= 1;
    return node;
  }
  private escaped(): Test {
    const char = this.chars[this.at];
    if (char === undefined) throw new Refused('trailing backslash at end of expression');
    this.at += 1;
    const named = CLASSES[char];
    if (named !== undefined) return named;
    const control = CONTROLS[char];
    if (control !== undefined) return between(code(control), code(control));
    if (/[a-zA-Z0-9]/.test(char)) throw new Refused(`unsupported escape sequence \\${char}`);
    return between(code(char), code(char));
  }
  private classTest(): Test {
    const negated = this.take('^');
    const tests: Test[] = [];
    for (let first = true; ; first = false) {
      const char = this.chars[this.at];
      if (char === undefined) throw new Refused('missing closing ]');
      this.at += 1;
      if (char === ']' && !first) break;
      if (char === '[' && this.peek() === ':') throw new Refused('unsupported class [[:');
      if (char === '\\' && CLASSES[this.peek() ?? ''] !== undefined) {
        tests.push(this.escaped());
        continue;
      }
      const from = this.classChar(char);
      if (this.peek() !== '-' || this.chars[this.at + 1] === ']' || this.chars[this.at + 1] === undefined) {
        tests.push(between(from, from));
        continue;
      }
      this.at += 1;
      const end = this.chars[this.at] ?? '';
      this.at += 1;
      const to = this.classChar(end);
      if (to < from) throw new Refused('invalid character class range');
      tests.push(between(from, to));
    }
    return negated ? not(either(tests)) : either(tests);
  }
  private classChar(char: string): number {
    if (char !== '\\') return code(char);
    const next = this.chars[this.at];
    if (next === undefined) throw new Refused('missing closing ]');
    this.at += 1;
    const control = CONTROLS[next];
    if (control !== undefined) return code(control);
    if (/[a-zA-Z0-9]/.test(next)) throw new Refused(`unsupported escape sequence \\${next}`);
    return code(next);
  }
}

/** Builds states from the end backwards. @returns where the node begins when `next` follows it */
function build(node: Node, next: number, states: State[]): number {
  const add = (state: State): number => {
    if (states.length >= STATES_MOST) throw new Refused('expression is too large');
    return states.push(state) - 1;
  };
  switch (node.kind) {
    case 'empty':
      return next;
    case 'start':
    case 'end':
      return add({ op: node.kind, next });
    case 'char':
      return add({ op: 'char', test: node.test, next });
    case 'all':
      return node.parts.reduceRight((after, part) => build(part, after, states), next);
    case 'any':
      return node.parts
        .map((part) => build(part, next, states))
        .reduceRight((other, begin) => add({ op: 'split', next: begin, other }));
    case 'repeat': {
      const { part, least, most } = node;
      let begin = next;
      if (most === null) {
        const loop = { op: 'split' as const, next: 0, other: next };
        begin = add(loop);
        loop.next = build(part, begin, states);
      } else
        for (let left = most - least; left > 0; left -= 1)
          begin = add({ op: 'split', next: build(part, begin, states), other: next });
      for (let left = least; left > 0; left -= 1) begin = build(part, begin, states);
      return begin;
    }
  }
}

/** Reads a pattern once; what it gives may be run on any text. */
export function readLinearRegex(pattern: string): ReadRegex {
  try {
    if (pattern.length > CHARS_MOST) throw new Refused('expression is too long');
    const states: State[] = [{ op: 'match' }];
    const begin = build(new Parser(pattern).parse(), 0, states);
    return { ok: true, matches: (text) => walk(states, begin, text) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, why: error.message };
    throw error;
  }
}

function walk(states: readonly State[], begin: number, text: string): boolean {
  let seen = new Uint8Array(states.length);
  let here: number[] = [];
  /** Follows what takes no character. */
  const enter = (from: number, atStart: boolean, atEnd: boolean): void => {
    const waiting = [from];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const state = states[at] as State;
      if (state.op === 'split') waiting.push(state.other, state.next);
      else if (state.op === 'start' || state.op === 'end') {
        if (state.op === 'start' ? atStart : atEnd) waiting.push(state.next);
      } else here.push(at);
    }
  };
  const chars = [...text];
  enter(begin, true, chars.length === 0);
  chars.forEach((char, index) => {
    const before = here;
    here = [];
    seen = new Uint8Array(states.length);
    for (const at of before) {
      const state = states[at] as State;
      if (state.op === 'char' && state.test(code(char))) enter(state.next, false, index === chars.length - 1);
    }
  });
  return here.some((at) => states[at]?.op === 'match');
}
