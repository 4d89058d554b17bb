import { tasksPerInstance } from '../compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import { ACCOUNTS, EXAMPLE_ACCOUNT_ID } from '../environments/account.ts';
import type { AccountSettings, EnvironmentSettings } from '../environments/settings.ts';
import type { SettingsCheck } from './check.ts';
import { invalidSettings } from './settings-validation.ts';

interface Fleet {
  name: string;
  instanceTypes: readonly string[];
  cpu: number;
  memory: number;
  maxInstances: number;
  maxTasks: number;
  networkMode: 'awsvpc' | 'bridge';
}

/** Every group of instances that the settings describe. */
const fleetsOf = ({ services, workers }: EnvironmentSettings): Fleet[] => [
  { name: 'workers', ...workers, networkMode: 'bridge' },
  ...Object.entries(services).flatMap(([name, { capacity, maxTasks }]) =>
    capacity.kind === 'ec2' ? [{ name, ...capacity, maxTasks, networkMode: 'awsvpc' as const }] : [],
  ),
];

/** Tasks that fit on the smallest instance; undefined if no type is known (IMG-ASG-005 reports misspelt ones). */
const tasksOn = ({ instanceTypes, networkMode, ...task }: Fleet): number | undefined => {
  const rooms = instanceTypes.flatMap((name) => {
    const type = INSTANCE_TYPES[name];
    return type ? [tasksPerInstance(type, task, networkMode)] : [];
  });
  return rooms.length > 0 ? Math.min(...rooms) : undefined;
};

/** The retention periods, in days, that CloudWatch Logs accepts. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const keepsValue = ({ storage }: EnvironmentSettings): boolean => !storage.disposable;

/** Names that the account uses: `account` tags what belongs to all environments, and the roles of workflows begin with `github`. */
const RESERVED = ['account', 'github'];

const accountsOf = ({ accountId }: EnvironmentSettings): AccountSettings[] =>
  Object.values(ACCOUNTS).filter((account) => account.accountId === accountId);

/** Whether the environment is still in the example account, where nobody deploys, though ACCOUNTS may already have a real one. */
const isExampleAccount = (settings: EnvironmentSettings): boolean =>
  settings.accountId === EXAMPLE_ACCOUNT_ID && accountsOf(settings).length === 0;

/** Settings that are wrong by themselves or in combination, which no single resource reveals. */
export const SETTINGS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-SET-001',
    reason: 'The name is part of the names of buckets and roles, which are limited in length and take no capitals.',
    remedy: `use a name of at most 12 lower-case letters and digits that begins with a letter and is not ${RESERVED.join(' or ')}.`,
    find: ({ name }) => (RESERVED.includes(name) || !/^[a-z][a-z0-9]{0,11}$/.test(name)) && `name is "${name}"`,
  },
  {
    id: 'IMG-SET-002',
    reason: 'Names and ARNs are built from it, and mistakes in them are found at apply, or never.',
    remedy: 'give the twelve digits of the account as a string, and a region such as eu-west-1.',
    find: ({ accountId, region }) => [
      ...(/^\d{12}$/.test(accountId) ? [] : [`accountId is "${accountId}"`]),
      ...(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? [] : [`region is "${region}"`]),
    ],
  },
  {
    id: 'IMG-SET-003',
    reason: 'Scaling would ask for tasks that never find an instance, and its alarm would never end.',
    remedy:
      'raise maxInstances, or lower maxTasks: an API needs room for one task more, or nothing can be deployed at its maximum.',
    find: (settings) =>
      fleetsOf(settings).flatMap((fleet) => {
        const room = tasksOn(fleet);
        // A deployment may run fewer workers for a while, but stops no API task before its replacement runs.
        const spare = fleet.networkMode === 'awsvpc' ? 1 : 0;
        if (!room || room * fleet.maxInstances >= fleet.maxTasks + spare) return [];
        return [
          `${fleet.name}: ${fleet.maxInstances} instances hold ${room * fleet.maxInstances} tasks, maxTasks is ${fleet.maxTasks}`,
        ];
      }),
  },
  {
    id: 'IMG-SET-004',
    reason: 'Part of the on-demand base would never start, and a percentage must be between 0 and 100.',
    remedy: 'set onDemandBase to 0 to maxInstances, and onDemandPercent to 0 to 100.',
    find({ workers: { onDemandBase, onDemandPercent, maxInstances } }) {
      const fits = onDemandBase >= 0 && onDemandBase <= maxInstances && onDemandPercent >= 0 && onDemandPercent <= 100;
      return (
        !fits &&
        `workers: onDemandBase is ${onDemandBase} of ${maxInstances}, and onDemandPercent is ${onDemandPercent}`
      );
    },
  },
  {
    id: 'IMG-SET-005',
    reason: 'However many tasks run, a message takes its processing time, so scaling would go to its maximum.',
    remedy: 'set secondsPerMessage above 0, and acceptableLatencySeconds to at least as much.',
    find: ({ workers: { acceptableLatencySeconds, secondsPerMessage } }) =>
      (secondsPerMessage <= 0 || acceptableLatencySeconds < secondsPerMessage) &&
      `workers: acceptableLatencySeconds is ${acceptableLatencySeconds}, secondsPerMessage ${secondsPerMessage}`,
  },
  {
    id: 'IMG-SET-006',
    reason: 'The loss of a zone or of a single task would be an outage.',
    remedy: 'set minTasks to 2 or more, or storage.disposable to true if nothing of value is in it.',
    find: (settings) =>
      Object.entries(settings.services)
        .filter(([, { minTasks }]) => keepsValue(settings) && minTasks < 2)
        .map(([name, { minTasks }]) => `${name}: minTasks is ${minTasks}`),
  },
  {
    id: 'IMG-SET-007',
    reason: 'The load balancer would be internal, and nothing could reach it.',
    remedy: 'enable the CDN, or set vpcOrigin to false.',
    find: ({ cdn }) => cdn.vpcOrigin && !cdn.enabled && 'cdn.vpcOrigin is true, but the CDN is not enabled',
  },
  {
    id: 'IMG-SET-008',
    reason: 'A certificate is for a name: without both, clients cannot verify whom they talk to.',
    remedy: 'give a certificate and a domain name together, both for the load balancer and for the CDN.',
    find: ({ loadBalancer, cdn }) => [
      ...(!loadBalancer.certificateArn === !loadBalancer.domainName
        ? []
        : ['loadBalancer has only one of certificateArn and domainName']),
      ...(!cdn.certificateArn === (cdn.domainNames.length === 0)
        ? []
        : ['cdn has only one of certificateArn and domainNames']),
    ],
  },
  {
    id: 'IMG-SET-009',
    reason: 'API keys and valuable images would be sent unencrypted.',
    remedy: 'set certificateArn and domainName, and remove allowHttp.',
    find: (settings) =>
      keepsValue(settings) &&
      settings.loadBalancer.allowHttp === true &&
      'loadBalancer.allowHttp is true, but storage is not disposable',
  },
  {
    id: 'IMG-SET-010',
    reason: 'Nobody would be notified of alarms.',
    remedy: 'add an address to alarmEmails, and confirm the mail that SNS sends.',
    find: (settings) =>
      keepsValue(settings) && settings.observability.alarmEmails.length === 0 && 'alarmEmails is empty',
  },
  {
    id: 'IMG-SET-011',
    reason: 'With a single NAT gateway, the loss of its zone stops every task. Each further one costs $33 a month.',
    remedy: "set egress to 'nat-per-zone', or to 'interface-endpoints' if there is no CDN.",
    find: (settings) =>
      keepsValue(settings) && settings.network.egress === 'nat-single' && 'one NAT gateway serves all zones',
  },
  {
    id: 'IMG-SET-012',
    reason: 'The subnets of all zones must fit into it, and AWS takes networks of /16 to /28.',
    remedy: 'use a private network of /16 to /22.',
    find({ network: { cidr } }) {
      const size = Number(/^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d.]+\/(\d+)$/.exec(cidr)?.[1]);
      return !(size >= 16 && size <= 22) && `network.cidr is ${cidr}`;
    },
  },
  {
    id: 'IMG-SET-013',
    reason: 'AWS Budgets refuses it, or it warns of nothing.',
    remedy: 'set it to the dollars that a month may cost.',
    find: ({ observability: { monthlyBudget } }) => !(monthlyBudget > 0) && `monthlyBudget is ${monthlyBudget}`,
  },
  {
    id: 'IMG-SET-014',
    reason: 'CloudWatch accepts only certain numbers of days, and plan refuses all others.',
    remedy: 'use 14, 30, 90, 180, 365 or 731 days.',
    find: ({ observability: { logDays }, network: { flowLogDays } }) =>
      [logDays, flowLogDays]
        .filter((days, index) => !LOG_DAYS.includes(days) && !(index === 1 && days === 0))
        .map((days) => `logs are to be kept for ${days} days`),
  },
  {
    id: 'IMG-SET-015',
    reason: 'Only the CDN checks signatures: without it they protect nothing, or nobody can read private images.',
    remedy: 'enable the CDN, or remove signedUrlKeys.',
    find: ({ cdn }) =>
      cdn.signedUrlKeys.length > 0 && !cdn.enabled && 'cdn.signedUrlKeys are given, but the CDN is not enabled',
  },
  {
    id: 'IMG-SET-016',
    reason:
      'Anybody in the network could read private images without a key or a signature, because only the CDN checks those.',
    remedy:
      'set vpcOrigin to false, so that the load balancer recognises the CDN by its secret, or remove signedUrlKeys.',
    find: ({ cdn }) =>
      cdn.signedUrlKeys.length > 0 && cdn.vpcOrigin && 'cdn.signedUrlKeys are given together with a VPC origin',
  },
  {
    id: 'IMG-SET-017',
    reason:
      'An environment needs the state bucket, the container images and the permissions boundaries that the bootstrap creates.',
    remedy:
      'use the account and region of an entry of ACCOUNTS in stacks/environments/account.ts; an account has one region.',
    find: (settings) =>
      !isExampleAccount(settings) &&
      !accountsOf(settings).some(({ region }) => region === settings.region) &&
      `there is no bootstrap for ${settings.accountId} in ${settings.region}`,
  },
  {
    id: 'IMG-SET-018',
    reason: 'CloudFront has no interface endpoint, so the CDN could not be told to drop deleted images.',
    remedy: "set egress to 'nat-per-zone' or 'nat-single', or disable the CDN.",
    find: ({ cdn, network }) =>
      cdn.enabled &&
      network.egress === 'interface-endpoints' &&
      'cdn.enabled is true with egress by interface-endpoints',
  },
  {
    id: 'IMG-SET-020',
    reason:
      'Unreviewed pull requests could read its state, which has the secret by which the load balancer recognises the CDN.',
    remedy: 'remove the environment from previewEnvironments in stacks/environments/account.ts.',
    find: (settings) =>
      settings.cdn.enabled &&
      accountsOf(settings).some(({ previewEnvironments }) => previewEnvironments.includes(settings.name)) &&
      `${settings.name} has a CDN and is in previewEnvironments`,
  },
  {
    id: 'IMG-SET-040',
    reason: 'Its account creates no permissions boundary for it, and roles cannot be created without one.',
    remedy: 'add it to githubEnvironments in stacks/environments/account.ts, and deploy the bootstrap.',
    find: (settings) =>
      !isExampleAccount(settings) &&
      !accountsOf(settings).some(({ githubEnvironments }) => githubEnvironments.includes(settings.name)) &&
      `no account has ${settings.name} in githubEnvironments`,
  },
  {
    id: 'IMG-SET-019',
    reason: 'AWS refuses the value when it is applied, or accepts it and ignores it.',
    remedy: 'give a value that the description in stacks/environments/settings.ts allows.',
    find: invalidSettings,
  },
];
