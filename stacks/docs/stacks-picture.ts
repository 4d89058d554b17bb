import { type Edge, flowchart } from './mermaid.ts';
import { ResourceGraph } from './resource-graph.ts';
import type { Configuration } from './synthesis.ts';

/** What Terraform calls the name of what others know by it. */
const NAMED: Record<string, { attribute: string; what: string }> = {
  aws_s3_bucket: { attribute: 'bucket', what: 'buckets' },
  aws_dynamodb_table: { attribute: 'name', what: 'table' },
  aws_sqs_queue: { attribute: 'name', what: 'queues' },
  aws_ecr_repository: { attribute: 'name', what: 'repositories' },
  aws_iam_policy: { attribute: 'name', what: 'boundary of roles' },
};

const whole = (name: string): RegExp => new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`);

/** What one stack names of another's. */
function namedBy(from: Configuration, of: Configuration): string[] {
  const text = JSON.stringify(from);
  const graph = new ResourceGraph(of);
  const found = Object.entries(NAMED).filter(([type, { attribute }]) =>
    graph.all(type).some(({ values }) => whole(String(values[attribute])).test(text)),
  );
  return found.map(([, { what }]) => what);
}

/** Which stack knows what of which other by its name, and so which must be there first. */
export function stacksPicture(stacks: Record<string, Configuration>): string {
  const ids = Object.keys(stacks);
  const edges = ids.flatMap((from) =>
    ids.flatMap((to): Edge[] => {
      const names = from === to ? [] : namedBy(stacks[from] ?? {}, stacks[to] ?? {});
      return names.length > 0 ? [{ from, to, label: names.join(', ') }] : [];
    }),
  );
  return flowchart(
    ids.map((id) => ({ id, lines: [id] })),
    edges,
  );
}
