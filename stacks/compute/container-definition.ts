import type { Deployment } from '../../shared/contracts/names.ts';
import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
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
  /** The only writable part of the file system. */
  volume?: { name: string; path: string } | undefined;
  /** The CDN that is asked to invalidate a deleted image. */
  cdn?: Cdn | undefined;
}

/**
 * Seconds from SIGTERM to SIGKILL, more than each main.ts needs to shut down. Fargate allows 120 at most, and a worker must stop
 * within the two minutes of a spot interruption notice.
 */
export const STOP_TIMEOUT_SECONDS: Record<ServiceName, number> = {
  'sync-upload': 120,
  'async-upload': 120,
  download: 40,
  worker: QUEUE_TIMING.drainSeconds + 20,
};

/** Each request of the API is a connection from the load balancer and one or more to AWS, so Docker's default of 1024 is soon reached. */
const OPEN_FILES = 65_536;

/** The user and group of the images, by number, because their Debian has no name for them. */
const CONTAINER_USER = '1000:1000';

/** The only container of a task, in the format of the ECS API. */
export function containerDefinition(props: ContainerProps): Record<string, unknown> {
  const { service, deployment, settings, size, image, volume } = props;
  const isWorker = service === 'worker';
  return {
    name: service,
    image,
    essential: true,
    // This repeats the task's memory, because Node sizes its heap by the limit of the container.
    memory: size.memory,
    user: CONTAINER_USER,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ['ALL'] } },
    environment: listed({ ...containerEnvironment(service, deployment, settings), ...cdnVariables(props) }, 'value'),
    secrets: listed(containerSecrets(service, deployment, settings), 'valueFrom'),
    portMappings: props.networkMode === 'awsvpc' ? portMappings(service) : [],
    mountPoints: volume ? [{ sourceVolume: volume.name, containerPath: volume.path, readOnly: false }] : [],
    ulimits: isWorker ? [] : [{ name: 'nofile', softLimit: OPEN_FILES, hardLimit: OPEN_FILES }],
    // The load balancer checks the other services; a container check would start another Node each time.
    ...(isWorker && { healthCheck: HEALTH_CHECK }),
    stopTimeout: STOP_TIMEOUT_SECONDS[service],
    logConfiguration: logConfiguration(props),
  };
}

const cdnVariables = ({ service, cdn }: ContainerProps): Record<string, string> =>
  service === 'sync-upload' && cdn ? { CDN_DISTRIBUTION_ID: cdn.distributionId } : {};

/** Sorted by name as the provider does; in any other order every plan would show a change. */
const listed = (variables: Record<string, string>, valueKey: string): Record<string, string>[] =>
  Object.entries(variables)
    .map(([name, value]) => ({ name, [valueKey]: value }))
    .toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));

const portMappings = (service: ServiceName) => {
  const { port } = SERVICES[service];
  return [{ containerPort: port, hostPort: port, protocol: 'tcp' }];
};

/** The image's own program for that, because the image has no curl. Starting Node costs 50 ms of CPU every 30 s. */
const HEALTH_CHECK = {
  command: ['CMD', 'node', 'shared/runtime/health-check.ts'],
  interval: 30,
  timeout: 10,
  retries: 3,
  startPeriod: 60,
};

/** If the log cannot be delivered, lines are lost and requests are not delayed. */
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
