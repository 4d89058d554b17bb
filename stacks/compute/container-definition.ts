import type { Deployment } from '../../shared/contracts/names.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { HEALTH_PATHS, SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import type { Cdn } from '../edge/cdn.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { containerEnvironment, containerSecrets } from './container-environment.ts';
import type { TaskSize } from './instance-capacity.ts';

interface ContainerProps {
  service: ServiceName;
  deployment: Deployment;
  settings: EnvironmentSettings;
  size: TaskSize;
  image: string;
  networkMode: 'awsvpc' | 'bridge';
  logGroupName: string;
  /** The only part of the file system that can be written to. */
  volume?: { name: string; path: string } | undefined;
  /** What deletions ask to forget an image. */
  cdn?: Cdn | undefined;
}

/**
 * Seconds from SIGTERM to SIGKILL, more than each main.ts takes to end by itself. Fargate takes 120 at most; a worker's end must lie
 * inside the two minutes of a spot interruption notice.
 */
export const STOP_TIMEOUT_SECONDS: Record<ServiceName, number> = {
  'sync-upload': 120,
  'async-upload': 120,
  download: 40,
  worker: QUEUE_TIMING.drainSeconds + 20,
};

/** Each request of the API is a connection from the load balancer and one or more to AWS: 1024, Docker's own, is a limit soon met. */
const OPEN_FILES = 65_536;

/** The only container of a task, as ECS's API writes it. */
export function containerDefinition(props: ContainerProps): Record<string, unknown> {
  const { service, deployment, settings, size, image, volume } = props;
  const isWorker = service === 'worker';
  return {
    name: service,
    image,
    essential: true,
    // As much as the task has, but said again: Node sizes its heap by its container's limit.
    memory: size.memory,
    user: 'node',
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ['ALL'] } },
    environment: listed({ ...containerEnvironment(service, deployment, settings), ...purging(props) }, 'value'),
    secrets: listed(containerSecrets(service, deployment), 'valueFrom'),
    portMappings: props.networkMode === 'awsvpc' ? portMappings(service) : [],
    mountPoints: volume ? [{ sourceVolume: volume.name, containerPath: volume.path, readOnly: false }] : [],
    ulimits: isWorker ? [] : [{ name: 'nofile', softLimit: OPEN_FILES, hardLimit: OPEN_FILES }],
    // The load balancer asks the others; a second answer would cost them a Node every time.
    ...(isWorker && { healthCheck: healthCheck(service) }),
    stopTimeout: STOP_TIMEOUT_SECONDS[service],
    logConfiguration: logConfiguration(props),
  };
}

const purging = ({ service, cdn }: ContainerProps): Record<string, string> =>
  service === 'sync-upload' && cdn ? { CDN_DISTRIBUTION_ID: cdn.distributionId } : {};

/** By name, as the provider sorts them: otherwise every plan would change something. */
const listed = (variables: Record<string, string>, valueKey: string): Record<string, string>[] =>
  Object.entries(variables)
    .map(([name, value]) => ({ name, [valueKey]: value }))
    .toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));

const portMappings = (service: ServiceName) => {
  const { port } = SERVICES[service];
  return [{ containerPort: port, hostPort: port, protocol: 'tcp' }];
};

/** The image has no curl; a start of Node costs 50 ms of CPU every half a minute. */
const healthCheck = (service: ServiceName) => {
  const url = `http://127.0.0.1:${SERVICES[service].port}${HEALTH_PATHS.liveness}`;
  const script = `fetch('${url}').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  return { command: ['CMD', 'node', '-e', script], interval: 30, timeout: 10, retries: 3, startPeriod: 60 };
};

/** A log that cannot be delivered loses lines and holds up no request. */
const logConfiguration = ({ service, deployment, logGroupName }: ContainerProps) => ({
  logDriver: 'awslogs',
  options: {
    'awslogs-group': logGroupName,
    'awslogs-region': deployment.region,
    'awslogs-stream-prefix': service,
    mode: 'non-blocking',
    'max-buffer-size': '25m',
  },
});
