import { ENVIRONMENT, type Environment, SERVICE_ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { MESSAGE_DISK_BYTES } from '../../../shared/contracts/worker-disk.ts';
import { SYSTEM_DISK_GIB, tasksPerInstance } from '../../compute/instance-capacity.ts';
import { WORKER_OWN_MIB } from '../../compute/worker-load.ts';
import { block, blocks, isReference, strings, text, toNumber, type Values } from '../blocks.ts';
import type { Check, CheckContext, Findings } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { diskGibOf, isSpot, sizesOf } from './fleet.ts';
import { containersOf, groupsOfTask, isFargate, secretNamesOf, taskSizeOf, variablesOf } from './task.ts';

/** From the interruption notice until the spot instance ends. */
const SPOT_NOTICE_SECONDS = 120;
/** The default stop timeout of the ECS agent. */
const AGENT_STOP_SECONDS = 30;
const GIB = 2 ** 30;

type ContainerFind = (container: Values, task: Resource, context: CheckContext) => Findings;

/** Makes a check that runs for every container of a task definition. */
const container = (check: Omit<Check, 'of' | 'find'>, find: ContainerFind): Check => ({
  ...check,
  of: ['aws_ecs_task_definition'],
  find: (task, context) =>
    (containersOf(task) ?? []).flatMap((each) =>
      [find(each, task, context) || []].flat().map((finding) => `container ${each.name}: ${finding}`),
    ),
});

const stopSecondsOf = (each: Values): number => toNumber(each.stopTimeout) ?? AGENT_STOP_SECONDS;
const hasContract = (name: unknown): name is ServiceName => text(name) in SERVICE_ENVIRONMENT;
const isRequired = (key: keyof Environment): boolean =>
  (ENVIRONMENT[key].describe() as { flags?: { presence?: string } }).flags?.presence === 'required';

const SECRET_NAME = /SECRET|PASSWORD|PASSWD|CREDENTIAL|KEY|TOKEN/;
const SECRET_VALUE = /AKIA[0-9A-Z]{16}|-----BEGIN|:\/\/[^/\s:]+:[^@\s]+@/;

/** Containers: how they stop, what they may do and how they are configured. */
export const CONTAINER_CHECKS: Check[] = [
  container(
    {
      id: 'IMG-CTR-001',
      reason:
        'A spot instance ends two minutes after the notice, and the work in progress is lost; Fargate refuses a timeout above that.',
      remedy: 'set stopTimeout below 120 s on spot (110), and to 120 s at most on Fargate.',
    },
    (each, task, { inventory }) => {
      const onSpot = groupsOfTask(task, inventory).some((group) => isSpot(group, inventory));
      const allowed = onSpot ? SPOT_NOTICE_SECONDS - 1 : isFargate(task) ? SPOT_NOTICE_SECONDS : Infinity;
      return stopSecondsOf(each) > allowed && `stopTimeout is ${each.stopTimeout}, and may be ${allowed} s at most`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-002',
      reason: `A worker drains for ${QUEUE_TIMING.drainSeconds} s. If SIGKILL comes earlier, its images wait until their leases end.`,
      remedy: 'set stopTimeout above QUEUE_TIMING.drainSeconds.',
    },
    (each) =>
      each.name === 'worker' &&
      stopSecondsOf(each) <= QUEUE_TIMING.drainSeconds &&
      `stopTimeout is ${each.stopTimeout ?? `${AGENT_STOP_SECONDS}, by default`}`,
  ),
  container(
    {
      id: 'IMG-CTR-003',
      reason:
        'Nobody can tell which version runs, a restart may change it, and a rollback has no fixed version to return to.',
      remedy: 'name the image by digest, from the SSM parameter that CI writes.',
    },
    ({ image }) => {
      const unnamed = !isReference(image) && !/[:@][^/]+$/.test(text(image));
      return (unnamed || text(image).endsWith(':latest')) && `image is ${image}`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-004',
      reason: 'Everybody who may describe task definitions can read it, and it is stored in the state.',
      remedy: 'put it into an SSM parameter, and refer to that in secrets.',
    },
    (each) =>
      [...variablesOf(each)]
        .filter(([name, value]) => SECRET_NAME.test(name) || SECRET_VALUE.test(value))
        .map(([name]) => `${name} is in plain text in environment`),
  ),
  container(
    {
      id: 'IMG-CTR-005',
      reason: 'An exploited decoder could replace the program.',
      remedy: 'set readonlyRootFilesystem to true and mount a volume where files are written.',
    },
    (each) => each.readonlyRootFilesystem !== true && 'its root file system is writable',
  ),
  container(
    {
      id: 'IMG-CTR-006',
      reason: 'A privileged container is root on its instance.',
      remedy: 'remove privileged and added capabilities.',
    },
    (each) => {
      const added = strings(block(each, 'linuxParameters', 'capabilities')?.add);
      return (
        (each.privileged === true && 'it is privileged') ||
        (added.length > 0 && `it has the capabilities ${added.join(', ')}`)
      );
    },
  ),
  container(
    {
      id: 'IMG-CTR-007',
      reason: 'An intruder who escapes from a container that runs as root is root on the host.',
      remedy: 'set user to a user other than root, such as 1000:1000, that of the images.',
    },
    ({ user }) =>
      (text(user) === '' || /^(root|0)(:|$)/.test(text(user))) && `its user is ${user ?? 'the default of the image'}`,
  ),
  container(
    {
      id: 'IMG-CTR-008',
      reason: 'A service does not start without its required variables, and never reads misspelt ones.',
      remedy: 'set exactly the variables of SERVICE_ENVIRONMENT in shared/contracts/environment.ts.',
    },
    (each) => {
      if (!hasContract(each.name)) return false;
      const known: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[each.name];
      const given = [...variablesOf(each).keys(), ...secretNamesOf(each)];
      const unknown = given.filter((name) => !(known as readonly string[]).includes(name));
      const missing = known.filter((name) => isRequired(name) && !given.includes(name));
      return [
        ...unknown.map((name) => `the service does not read ${name}`),
        ...missing.map((name) => `${name} is missing`),
      ];
    },
  ),
  container(
    {
      id: 'IMG-CTR-009',
      reason: 'The output of the container is lost with its instance.',
      remedy: 'add a logConfiguration with awslogs.',
    },
    (each) => !block(each, 'logConfiguration')?.logDriver && 'it writes no log',
  ),
  container(
    {
      id: 'IMG-CTR-010',
      reason: 'A log group that the agent creates keeps its logs for ever.',
      remedy: 'name an aws_cloudwatch_log_group of the stack in awslogs-group, and remove awslogs-create-group.',
    },
    (each, _task, { inventory }) => {
      const options = block(each, 'logConfiguration', 'options') ?? {};
      const group = options['awslogs-group'];
      if (group === undefined) return false;
      if (options['awslogs-create-group'] === 'true') return 'its log group is created by the agent';
      return !inventory.named('aws_cloudwatch_log_group', group, 'name') && `the stack has no log group ${group}`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-011',
      reason: 'The kernel would kill the task in the middle of a large image, and again at each attempt.',
      remedy: 'lower PROCESS_MEMORY_MIB or WORKER_PROCESSES, or give the task more memory.',
    },
    (each, task) => {
      const variables = variablesOf(each);
      const processes = toNumber(variables.get('WORKER_PROCESSES'));
      const processMemory = toNumber(variables.get('PROCESS_MEMORY_MIB'));
      const { memory } = taskSizeOf(task);
      if (processes === undefined || processMemory === undefined || memory === 0) return false;
      const needed = processes * processMemory + WORKER_OWN_MIB;
      return (
        needed > memory &&
        `${processes} processes of ${processMemory} MiB and the worker need ${needed} MiB, and the task has ${memory}`
      );
    },
  ),
  container(
    {
      id: 'IMG-CTR-012',
      reason: 'The worker could not store a single original.',
      remedy: 'mount a writable volume at WORK_DIRECTORY or a parent folder.',
    },
    (each) => {
      const folder = variablesOf(each).get('WORK_DIRECTORY');
      const isBelow = (path: unknown) => `${folder}/`.startsWith(`${text(path).replace(/\/$/, '')}/`);
      const mounts = [...blocks(each, 'mountPoints'), ...blocks(block(each, 'linuxParameters'), 'tmpfs')];
      const writable = mounts.some((mount) => mount.readOnly !== true && isBelow(mount.containerPath));
      return folder !== undefined && each.readonlyRootFilesystem === true && !writable && `${folder} is not writable`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-013',
      reason:
        'Messages of the largest allowed size fill the disk, and then all others on the instance fail too and are retried.',
      remedy: 'enlarge the volume in the launch template, or lower WORKER_CONCURRENCY.',
    },
    (each, task, { inventory }) => {
      const messages = toNumber(variablesOf(each).get('WORKER_CONCURRENCY'));
      if (messages === undefined) return false;
      return groupsOfTask(task, inventory).flatMap((group) => {
        const disk = diskGibOf(group, inventory);
        const tasks = sizesOf(group, inventory).map((type) => tasksPerInstance(type, taskSizeOf(task), 'bridge'));
        const held = messages * Math.max(1, ...tasks);
        const needed = SYSTEM_DISK_GIB + Math.ceil((held * MESSAGE_DISK_BYTES) / GIB);
        if (disk === undefined || disk >= needed) return [];
        return [`${held} messages on one instance need ${needed} GiB of disk, and its volume has ${disk}`];
      });
    },
  ),
];
