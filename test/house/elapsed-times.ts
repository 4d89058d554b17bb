import { parseSync, Visitor } from 'oxc-parser';
import type { SourceFile } from './source-files.ts';

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** Chai's assertions for upper bounds. */
const UPPER_BOUNDS = new Set(
  'below lessThan lt most atMost lessThanOrEqual lte within closeTo approximately'.split(' '),
);

const isNode = (value: unknown): value is Node => typeof (value as Node | undefined)?.type === 'string';

/** A node and all of its descendants. */
function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* nodesOf(child);
  }
}

/** `performance.now()`, `Date.now()`, `process.hrtime.bigint()` and the like. */
const isReading = ({ type, callee }: Node): boolean => {
  if (type !== 'CallExpression' || !isNode(callee)) return false;
  const { object, property } = callee as { object?: Node; property?: Node };
  const names = [...nodesOf(object ?? callee)].map(({ name }) => name);
  if (property?.name === 'now') return names.includes('performance') || names.includes('Date');
  return names.includes('hrtime') || property?.name === 'hrtime';
};

const readsClock = (node: Node): boolean => [...nodesOf(node)].some(isReading);

/** The names in a file for times at which a clock was read, and for elapsed times or functions that return them. */
interface Names {
  moments: Set<string>;
  elapsed: Set<string>;
}

/** Whether an expression contains the time elapsed since a moment. */
const isElapsed = (node: Node, { moments, elapsed }: Names): boolean =>
  [...nodesOf(node)].some(({ type, operator, left, right, name }) => {
    if (type === 'Identifier') return elapsed.has(String(name));
    if (type !== 'BinaryExpression' || operator !== '-') return false;
    return readsClock(left as Node) && [...nodesOf(right as Node)].some((part) => moments.has(String(part.name)));
  });

function namesOf(declared: { name: string; value: Node }[]): Names {
  const names: Names = { moments: new Set(), elapsed: new Set() };
  for (const { name, value } of declared) if (readsClock(value)) names.moments.add(name);
  // A name may refer to another that is declared after it.
  for (let known = -1; known < names.elapsed.size; ) {
    known = names.elapsed.size;
    for (const { name, value } of declared) if (isElapsed(value, names)) names.elapsed.add(name);
  }
  return names;
}

/** The chain of words after `expect(…)`, and its argument; undefined for other expressions. */
function chainOf(call: Node): { words: string[]; subject: Node[] } | undefined {
  const words: string[] = [];
  let node: Node | undefined = call;
  while (node) {
    const { type, callee, object, property }: Node = node;
    if (type === 'MemberExpression') words.push(String((property as Node).name));
    if (type === 'CallExpression' && (callee as Node).name === 'expect')
      return { words, subject: node.arguments as Node[] };
    node = (type === 'CallExpression' ? callee : type === 'MemberExpression' ? object : undefined) as Node | undefined;
  }
  return undefined;
}

/** The expectations in a file with an upper bound on elapsed time: `expect(performance.now() - begun).below(…)`, directly or through names. */
export function elapsedTimesIn({ path, text }: SourceFile): string[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const declared: { name: string; value: Node }[] = [];
  const calls: Node[] = [];
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && init) declared.push({ name: id.name, value: init as unknown as Node });
    },
    FunctionDeclaration: ({ id, body }) => {
      if (id && body) declared.push({ name: id.name, value: body as unknown as Node });
    },
    CallExpression: (node) => void calls.push(node as unknown as Node),
  }).visit(program);
  const names = namesOf(declared);
  return calls.flatMap((call) => {
    const { words = [], subject: [subject] = [] } = chainOf(call) ?? {};
    const isBound = UPPER_BOUNDS.has(words[0] ?? '') && !words.includes('not');
    return isBound && subject && isElapsed(subject, names) ? [text.slice(call.start, call.end)] : [];
  });
}
