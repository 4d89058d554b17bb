import { ENVIRONMENT, type Environment, SERVICE_ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { MESSAGE_DISK_BYTES } from '../../../shared/contracts/worker-disk.ts';
import { WORKER_OWN_MIB } from '../../compute/container-environment.ts';
import { SYSTEM_DISK_GIB, tasksPerInstance } from '../../compute/instance-capacity.ts';
import { block, blocks, figure, isReference, strings, text, type Values } from '../blocks.ts';
import type { Check, CheckContext, Findings } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { diskGibOf, isSpot, sizesOf } from './fleet.ts';
import { containersOf, demandOf, groupsOfTask, isFargate, secretNamesOf, variablesOf } from './task.ts';

/** From the interruption notice until a spot instance is gone. */
const SPOT_NOTICE_SECONDS = 120;
/** What the agent waits where no stop timeout is given. */
const AGENT_STOP_SECONDS = 30;
const GIB = 2 ** 30;

type ContainerFind = (container: Values, task: Resource, context: CheckContext) => Findings;

/** A check of every container of a task definition. */
const container = (check: Omit<Check, 'of' | 'find'>, find: ContainerFind): Check => ({
  ...check,
  of: ['aws_ecs_task_definition'],
  find: (task, context) =>
    (containersOf(task) ?? []).flatMap((each) =>
      [find(each, task, context) || []].flat().map((finding) => `container ${each.name}: ${finding}`),
    ),
});

const stopSecondsOf = (each: Values): number => figure(each.stopTimeout) ?? AGENT_STOP_SECONDS;
const hasContract = (name: unknown): name is ServiceName => text(name) in SERVICE_ENVIRONMENT;
const isRequired = (key: keyof Environment): boolean =>
  (ENVIRONMENT[key].describe() as { flags?: { presence?: string } }).flags?.presence === 'required';

const SECRET_NAME = /SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE_KEY|ACCESS_KEY|(API|LINK)_KEYS?$|TOKEN$/;
const SECRET_VALUE = /AKIA[0-9A-Z]{16}|-----BEGIN|:\/\/[^/\s:]+:[^@\s]+@/;

/** What runs in a task: how it ends, what it may do and what it is told. */
export const CONTAINER_CHECKS: Check[] = [
  container(
    {
      id: 'IMG-CTR-001',
      reason:
        'On spot the instance is gone two minutes after the notice, and Fargate refuses more: what runs then is lost unsaid.',
      remedy: 'give a stopTimeout below 120 s on spot (110), and of 120 s at most on Fargate.',
    },
    (each, task, { inventory }) => {
      const onSpot = groupsOfTask(task, inventory).some((group) => isSpot(group, inventory));
      const allowed = onSpot ? SPOT_NOTICE_SECONDS - 1 : isFargate(task) ? SPOT_NOTICE_SECONDS : Infinity;
      return stopSecondsOf(each) > allowed && `stopTimeout is ${each.stopTimeout}, but ${allowed} s are left`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-002',
      reason: `A worker drains for ${QUEUE_TIMING.drainSeconds} s; SIGKILL before that loses images in hand for a whole lease.`,
      remedy: 'give a stopTimeout above QUEUE_TIMING.drainSeconds.',
    },
    (each) =>
      each.name === 'worker' &&
      stopSecondsOf(each) <= QUEUE_TIMING.drainSeconds &&
      `stopTimeout is ${each.stopTimeout ?? `${AGENT_STOP_SECONDS}, by default`}`,
  ),
  container(
    {
      id: 'IMG-CTR-003',
      reason: 'Nobody knows what runs, a restart may change it, and there is nothing to go back to.',
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
      reason: 'Whoever may describe a task definition reads it, and so does the state.',
      remedy: 'put it into an SSM parameter and name that in secrets.',
    },
    (each) =>
      [...variablesOf(each)]
        .filter(([name, value]) => SECRET_NAME.test(name) || SECRET_VALUE.test(value))
        .map(([name]) => `${name} is written in plain text in environment`),
  ),
  container(
    {
      id: 'IMG-CTR-005',
      reason: 'A hole in a decoder could replace the program.',
      remedy: 'set readonlyRootFilesystem to true and mount a volume where files are written.',
    },
    (each) => each.readonlyRootFilesystem !== true && 'its root file system can be written',
  ),
  container(
    {
      id: 'IMG-CTR-006',
      reason: 'A privileged container is root on its instance.',
      remedy: 'remove privileged and added capabilities.',
    },
    (each) => {
      const added = strings(block(each, 'linuxParameters', 'capabilities')?.add);
      return (each.privileged === true && 'it is privileged') || (added.length > 0 && `it has ${added.join(', ')}`);
    },
  ),
  container(
    {
      id: 'IMG-CTR-007',
      reason: 'What breaks out of a container that runs as root is root outside.',
      remedy: "set user to one that is not root: 'node', or 1000.",
    },
    ({ user }) =>
      (text(user) === '' || /^(root|0)(:|$)/.test(text(user))) && `its user is ${user ?? 'that of the image'}`,
  ),
  container(
    {
      id: 'IMG-CTR-008',
      reason: 'A service refuses to start without what it needs, and never sees what is misspelt.',
      remedy: 'give exactly the variables of SERVICE_ENVIRONMENT in shared/contracts/environment.ts.',
    },
    (each) => {
      if (!hasContract(each.name)) return false;
      const known: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[each.name];
      const given = [...variablesOf(each).keys(), ...secretNamesOf(each)];
      const unknown = given.filter((name) => !(known as readonly string[]).includes(name));
      const missing = known.filter((name) => isRequired(name) && !given.includes(name));
      return [...unknown.map((name) => `it does not read ${name}`), ...missing.map((name) => `${name} is missing`)];
    },
  ),
  container(
    {
      id: 'IMG-CTR-009',
      reason: 'What a container says is lost with its instance.',
      remedy: 'give a logConfiguration with awslogs.',
    },
    (each) => !block(each, 'logConfiguration')?.logDriver && 'it writes no log',
  ),
  container(
    {
      id: 'IMG-CTR-010',
      reason: 'A log group that the agent creates keeps everything for ever.',
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
      reason: 'The kernel would end the task in the middle of a large image, and again at each attempt.',
      remedy: 'lower PROCESS_MEMORY_MIB or WORKER_PROCESSES, or give the task more memory.',
    },
    (each, task) => {
      const variables = variablesOf(each);
      const processes = figure(variables.get('WORKER_PROCESSES'));
      const each_ = figure(variables.get('PROCESS_MEMORY_MIB'));
      const { memory } = demandOf(task);
      if (processes === undefined || each_ === undefined || memory === 0) return false;
      const needed = processes * each_ + WORKER_OWN_MIB;
      return needed > memory && `${processes} processes of ${each_} MiB and the worker need ${needed} of ${memory} MiB`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-012',
      reason: 'The worker could not put down a single original.',
      remedy: 'mount a writable volume at WORK_DIRECTORY, or above it.',
    },
    (each) => {
      const folder = variablesOf(each).get('WORK_DIRECTORY');
      const isBelow = (path: unknown) => `${folder}/`.startsWith(`${text(path).replace(/\/$/, '')}/`);
      const mounts = [...blocks(each, 'mountPoints'), ...blocks(block(each, 'linuxParameters'), 'tmpfs')];
      const writable = mounts.some((mount) => mount.readOnly !== true && isBelow(mount.containerPath));
      return folder !== undefined && each.readonlyRootFilesystem === true && !writable && `${folder} cannot be written`;
    },
  ),
  container(
    {
      id: 'IMG-CTR-013',
      reason: 'Messages that bring all that they may fill the disk, and every other one on the instance comes again.',
      remedy: 'give the launch template a larger volume, or lower WORKER_CONCURRENCY.',
    },
    (each, task, { inventory }) => {
      const messages = figure(variablesOf(each).get('WORKER_CONCURRENCY'));
      if (messages === undefined) return false;
      return groupsOfTask(task, inventory).flatMap((group) => {
        const disk = diskGibOf(group, inventory);
        const tasks = sizesOf(group, inventory).map((type) => tasksPerInstance(type, demandOf(task), 'bridge'));
        const held = messages * Math.max(1, ...tasks);
        const needed = SYSTEM_DISK_GIB + Math.ceil((held * MESSAGE_DISK_BYTES) / GIB);
        if (disk === undefined || disk >= needed) return [];
        return [`${held} messages on one instance need ${needed} GiB of disk, and its volume has ${disk}`];
      });
    },
  ),
];
