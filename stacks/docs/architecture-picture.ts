import { namesOf } from '../../shared/contracts/names.ts';
import { deploymentOf } from '../environments/deployment.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { CLIENTS, edgesOf } from './architecture-edges.ts';
import { nodesOf } from './architecture-nodes.ts';
import { flowchart, type Node } from './mermaid.ts';
import { ResourceGraph } from './resource-graph.ts';
import type { Configuration } from './synthesis.ts';

/** What runs in an environment and who speaks to whom: read off its stacks' resources, their references and the policies of their roles. */
export function architecturePicture(settings: EnvironmentSettings, stacks: Record<string, Configuration>): string {
  const own = ['platform', 'storage'].map((kind) => stacks[`${kind}-${settings.name}`] ?? {});
  const graph = new ResourceGraph(...own);
  const { prefix } = namesOf(deploymentOf(settings));
  const clients: Node = { id: CLIENTS, lines: ['clients'], shape: 'round' };
  return flowchart([clients, ...nodesOf(graph, { prefix })], edgesOf(graph));
}
