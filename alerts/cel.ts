import { type ASTNode, Environment } from '@marcbachmann/cel-js';

/**
 * The one file behind which the expression library stands. An expression is CEL, of which we take arithmetic, comparison,
 * logic, lists of numbers and the functions below; no method, macro, variable or regular expression. Every reading
 * (`kpi("id", "1m")` …) has literal arguments: it is found here, at load, and resolved before the expression runs, so a
 * look at a rule does no I/O and its cost is known.
 */
export type ReadingType = 'double' | 'bool';
interface ReadingFunction {
  readonly type: ReadingType;
  /** Least and most arguments that are texts; labels (a map of texts) may follow when `labels`. */
  readonly texts: readonly [least: number, most: number];
  readonly labels: boolean;
}
export const READINGS = {
  kpi: { type: 'double', texts: [2, 2], labels: true },
  target: { type: 'double', texts: [1, 1], labels: false },
  plan: { type: 'double', texts: [2, 2], labels: true },
  lastYear: { type: 'double', texts: [2, 2], labels: true },
  /** Rank 0–5 that the campaign's own thresholds give. */
  tier: { type: 'double', texts: [2, 2], labels: true },
  baseline: { type: 'double', texts: [2, 2], labels: true },
  baselineLow: { type: 'double', texts: [2, 2], labels: true },
  baselineHigh: { type: 'double', texts: [2, 2], labels: true },
  rate: { type: 'double', texts: [2, 2], labels: true },
  forecastMinutes: { type: 'double', texts: [0, 1], labels: false },
  silentSeconds: { type: 'double', texts: [0, 1], labels: false },
  sourceSilent: { type: 'bool', texts: [0, 1], labels: false },
  system: { type: 'double', texts: [1, 1], labels: false },
} as const satisfies Record<string, ReadingFunction>;
export type ReadingName = keyof typeof READINGS;

export interface Reading {
  readonly name: ReadingName;
  readonly args: readonly string[];
  /** Labels written out; null: those of the rule's match. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** Two readings with one key are one. */
  readonly key: string;
}
/** What the expression held against what, for people; the one with the highest rank when there are several. */
export interface Probe {
  readonly value: number;
  readonly limit: number | null;
  readonly rank: number;
  /** Limits by rank, blue first, of a ladder: the tier that is shown after hysteresis may be another than the rank now. */
  readonly limits?: readonly (number | null)[];
}
export interface CompiledExpr {
  readonly source: string;
  readonly readings: readonly Reading[];
  /** `bool`: true fires with the rule's own tier. `rank`: 0–5, the tier itself. */
  readonly gives: 'bool' | 'rank';
  /** What is held against the limits is a quotient of readings: a share, whatever the unit of the first one is. */
  readonly isShare: boolean;
  /** @param values - one value a reading, in their order. @throws when it cannot be evaluated, such as a rank outside 0–5 */
  run(values: readonly (number | boolean)[]): { readonly rank: number; readonly probe: Probe | null };
}
/** What is wrong with an expression, and where in it (characters from its start). */
export class ExprError extends Error {
  override readonly name = 'ExprError';
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const LIMITS = { maxAstNodes: 200, maxDepth: 16, maxListElements: 8, maxMapEntries: 4, maxCallArguments: 4 };
const SOURCE_MAX = 2_000;
const COMPARISONS = new Set<string>(['<', '<=', '>', '>=']);
const BINARY = new Set<string>(['&&', '||', '==', '!=', '+', '-', '*', '/', ...COMPARISONS]);
const HELPERS = new Set(['over', 'under', 'max', 'min', 'abs']);
const isReading = (name: string): name is ReadingName => Object.hasOwn(READINGS, name);

interface Found {
  readonly readings: Map<string, Reading>;
  /** Pieces of the source that are replaced, in any order. */
  readonly cuts: { readonly start: number; readonly end: number; readonly text: string }[];
}

function literalText(node: ASTNode | undefined, fn: string): string {
  if (node?.op === 'value' && typeof node.args === 'string') return node.args;
  throw new ExprError(`${fn}: arguments are texts written out, so that they are known at load`, node?.start ?? 0);
}

function readingOf(name: ReadingName, node: ASTNode, args: readonly ASTNode[]): Reading {
  const { texts, labels: takesLabels } = READINGS[name] as ReadingFunction;
  const last = args.at(-1);
  const labelled = last !== undefined && last.op === 'map';
  if (labelled && !takesLabels) throw new ExprError(`${name} takes no labels`, last.start);
  const plain = labelled ? args.slice(0, -1) : args;
  if (plain.length < texts[0] || plain.length > texts[1]) {
    throw new ExprError(
      `${name} takes ${texts[0] === texts[1] ? texts[0] : `${texts[0]}–${texts[1]}`} texts`,
      node.start,
    );
  }
  const words = plain.map((arg) => literalText(arg, name));
  const labels = labelled
    ? Object.fromEntries(
        (last.args as [ASTNode, ASTNode][]).map(([key, value]) => [literalText(key, name), literalText(value, name)]),
      )
    : null;
  return { name, args: words, labels, key: JSON.stringify([name, words, labels]) };
}

/** Walks what the parser made of the source; whatever is not allowed here does not exist. */
function walk(node: ASTNode, found: Found): void {
  if (node.op === 'value') {
    if (typeof node.args === 'bigint')
      found.cuts.push({ start: node.start, end: node.end, text: asDouble(Number(node.args)) });
    else if (typeof node.args !== 'number' && typeof node.args !== 'boolean')
      throw new ExprError('a text or null stands here, where a number or a condition is needed', node.start);
    return;
  }
  if (node.op === 'call') {
    const [name, args] = node.args as [string, ASTNode[]];
    if (isReading(name)) {
      const reading = readingOf(name, node, args);
      const known = [...found.readings.keys()].indexOf(reading.key);
      const index = known === -1 ? found.readings.size : known;
      found.readings.set(reading.key, reading);
      found.cuts.push({ start: node.start, end: node.end, text: `r${index}` });
      return;
    }
    if (!HELPERS.has(name)) throw new ExprError(`there is no function ${name}`, node.start);
    for (const arg of args) walk(arg, found);
    return;
  }
  if (node.op === 'list') {
    for (const part of node.args as ASTNode[]) walk(part, found);
    return;
  }
  if (node.op === '?:' || BINARY.has(node.op)) {
    for (const part of node.args as ASTNode[]) walk(part, found);
    return;
  }
  if (node.op === '!_' || node.op === '-_') {
    walk(node.args as ASTNode, found);
    return;
  }
  if (node.op === 'rcall')
    throw new ExprError(`methods such as .${String(node.args[0])}() are not available`, node.start);
  if (node.op === 'id') throw new ExprError(`there is no name ${String(node.args)}`, node.start);
  throw new ExprError(`${node.op} is not available in rules`, node.start);
}

const asDouble = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

function rewritten(source: string, cuts: Found['cuts']): string {
  let text = source;
  for (const { start, end, text: by } of [...cuts].sort((a, b) => b.start - a.start))
    text = text.slice(0, start) + by + text.slice(end);
  return text;
}

/** `x < 0.97` at the top, perhaps inside ands: what a true-or-false rule is held against. */
function boundOf(node: ASTNode): number | null {
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = node.args as [ASTNode, ASTNode];
    return boundOf(left) ?? boundOf(right);
  }
  if (!COMPARISONS.has(node.op)) return null;
  const right = (node.args as [ASTNode, ASTNode])[1];
  return right.op === 'value' && (typeof right.args === 'bigint' || typeof right.args === 'number')
    ? Number(right.args)
    : null;
}

/** What stands in an expression, itself first; readings are whole. */
function partsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'call') {
    const [name, args] = node.args as [string, ASTNode[]];
    return [node, ...(isReading(name) ? [] : args.flatMap(partsOf))];
  }
  if (node.op === '!_' || node.op === '-_') return [node, ...partsOf(node.args as ASTNode)];
  if (node.op !== '?:' && !BINARY.has(node.op)) return [node];
  return [node, ...(node.args as ASTNode[]).flatMap(partsOf)];
}
const callOf = (node: ASTNode): string => (node.op === 'call' ? (node.args as [string, ASTNode[]])[0] : '');
/** What is held against limits: in the first `over` or `under`, else on the left side of the first comparison. */
function measureOf(ast: ASTNode): ASTNode | null {
  const parts = partsOf(ast);
  const ladder = parts.find((part) => callOf(part) === 'over' || callOf(part) === 'under');
  if (ladder !== undefined) return (ladder.args as [string, ASTNode[]])[1][0] ?? null;
  const comparison = parts.find(({ op }) => COMPARISONS.has(op));
  return comparison === undefined ? null : (comparison.args as [ASTNode, ASTNode])[0];
}
const reads = (node: ASTNode): boolean => partsOf(node).some((part) => isReading(callOf(part)));
/** A reading over a reading, perhaps with more of both: `a / b`, `a / b * c / d`. */
const isShare = (measure: ASTNode | null): boolean => measure?.op === '/' && (measure.args as ASTNode[]).every(reads);

function plainMessage(error: unknown): { message: string; at: number } {
  const { summary, message, range } = error as { summary?: string; message?: string; range?: { start: number } };
  return { message: (summary ?? message ?? String(error)).split('\n')[0] ?? '', at: range?.start ?? 0 };
}

/** @throws {ExprError} with the place of the fault */
export function compileExpr(source: string): CompiledExpr {
  if (source.length > SOURCE_MAX) throw new ExprError(`an expression has ${SOURCE_MAX} characters at most`, SOURCE_MAX);
  let ast: ASTNode;
  try {
    ast = new Environment({ limits: LIMITS }).parse(source).ast;
  } catch (error) {
    const { message, at } = plainMessage(error);
    throw new ExprError(message, at);
  }
  const found: Found = { readings: new Map(), cuts: [] };
  walk(ast, found);
  const readings = [...found.readings.values()];
  if (readings.length === 0) throw new ExprError('it reads no figure, so it would never change', 0);

  let probe: Probe | null = null;
  const ladder =
    (better: 'high' | 'low') =>
    (value: number, limits: readonly number[]): number => {
      let rank = 0;
      // as many limits as tiers from red downwards: three limits are yellow, orange, red
      const offset = 5 - limits.length;
      limits.forEach((limit, index) => {
        if (better === 'high' ? value <= limit : value >= limit) rank = offset + index + 1;
      });
      const limit = limits[Math.max(0, rank - offset - 1)] ?? null;
      if (probe === null || rank > probe.rank) {
        const byRank = [...Array.from({ length: offset }, () => null), ...limits];
        probe = { value, limit, rank, limits: byRank };
      }
      return rank;
    };
  const env = new Environment({ limits: LIMITS })
    .registerFunction('over(double, list<double>): double', ladder('low'))
    .registerFunction('under(double, list<double>): double', ladder('high'))
    .registerFunction('max(double, double): double', (a: number, b: number) => Math.max(a, b))
    .registerFunction('min(double, double): double', (a: number, b: number) => Math.min(a, b))
    .registerFunction('abs(double): double', (a: number) => Math.abs(a));
  for (const [index, { name }] of readings.entries()) env.registerVariable(`r${index}`, READINGS[name].type);
  const program = env.parse(rewritten(source, found.cuts));
  const checked = program.check();
  if (!checked.valid) throw new ExprError(plainMessage(checked.error).message, 0);
  if (checked.type !== 'bool' && checked.type !== 'double')
    throw new ExprError('gives neither a condition nor a rank', 0);
  const gives = checked.type === 'bool' ? 'bool' : 'rank';
  const bound = boundOf(ast);
  const names = readings.map((_, index) => `r${index}`);
  return {
    source,
    readings,
    gives,
    isShare: isShare(measureOf(ast)),
    run(values) {
      probe = null;
      const result = program(Object.fromEntries(names.map((name, index) => [name, values[index]]))) as number | boolean;
      const rank = typeof result === 'boolean' ? (result ? 1 : 0) : result;
      if (!Number.isInteger(rank) || rank < 0 || rank > 5)
        throw new Error(`it gave ${rank}, which is no rank from 0 to 5`);
      const first = values[0];
      const shown: Probe | null = probe ?? (typeof first === 'number' ? { value: first, limit: bound, rank } : null);
      return { rank, probe: shown };
    },
  };
}
