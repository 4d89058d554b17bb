export interface Node {
  id: string;
  lines: string[];
  /** `[`, `[(` and so on: what it looks like. */
  shape?: 'box' | 'store' | 'round';
  /** Names of the frames that it is in, the outermost first. */
  within?: string[];
}

export interface Edge {
  from: string;
  to: string;
  label?: string;
  isDashed?: boolean;
}

const BRACKETS = { box: ['[', ']'], store: ['[(', ')]'], round: ['([', '])'] } as const;

const idOf = (name: string): string => name.replaceAll(/\W/g, '_');
const text = (lines: readonly string[]): string => `"${lines.join('<br>').replaceAll('"', '#quot;')}"`;

function nodeLine({ id, lines, shape = 'box' }: Node): string {
  const [open, close] = BRACKETS[shape];
  return `${idOf(id)}${open}${text(lines)}${close}`;
}

/** Nodes in their frames, each frame once. */
function framed(nodes: readonly Node[], depth = 0): string[] {
  const inside = (node: Node) => node.within?.[depth];
  const indent = '  '.repeat(depth + 1);
  const free = nodes.filter((node) => inside(node) === undefined).map((node) => `${indent}${nodeLine(node)}`);
  const frames = Map.groupBy(
    nodes.filter((node) => inside(node) !== undefined),
    (node) => inside(node) ?? '',
  );
  const blocks = [...frames].flatMap(([name, own]) => [
    `${indent}subgraph ${idOf(name)}[${text([name])}]`,
    ...framed(own, depth + 1),
    `${indent}end`,
  ]);
  return [...free, ...blocks];
}

function edgeLine({ from, to, label, isDashed }: Edge): string {
  const arrow = isDashed ? '-.->' : '-->';
  return `  ${idOf(from)} ${arrow}${label ? `|${text([label])}|` : ''} ${idOf(to)}`;
}

/** A flowchart in the language that GitHub and editors draw. */
export const flowchart = (nodes: readonly Node[], edges: readonly Edge[]): string =>
  ['flowchart TB', ...framed(nodes), ...edges.map(edgeLine)].join('\n');
