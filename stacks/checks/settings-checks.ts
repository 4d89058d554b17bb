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

/** Tasks that the smallest instance holds; none known where a type is misspelt, which a check of the group says. */
const tasksOn = ({ instanceTypes, networkMode, ...task }: Fleet): number | undefined => {
  const rooms = instanceTypes.flatMap((name) => {
    const type = INSTANCE_TYPES[name];
    return type ? [tasksPerInstance(type, task, networkMode)] : [];
  });
  return rooms.length > 0 ? Math.min(...rooms) : undefined;
};

/** Those that CloudWatch Logs takes. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const keepsValue = ({ storage }: EnvironmentSettings): boolean => !storage.disposable;

/** Names that an account has for itself: the tag of what belongs to all environments, and what the roles of workflows begin with. */
const RESERVED = ['account', 'github'];

const accountsOf = ({ accountId }: EnvironmentSettings): AccountSettings[] =>
  Object.values(ACCOUNTS).filter((account) => account.accountId === accountId);

/** In the account of examples nobody deploys, whatever stands in ACCOUNTS in its place by now. */
const isOfNobody = (settings: EnvironmentSettings): boolean =>
  settings.accountId === EXAMPLE_ACCOUNT_ID && accountsOf(settings).length === 0;

/** What no single resource shows: settings that do not go together. */
export const SETTINGS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-SET-001',
    reason: 'It is part of the names of buckets and roles, which have limits and take no capitals.',
    remedy: `give a name of lower case letters and digits, 12 at most, that begins with a letter and is not ${RESERVED.join(' or ')}.`,
    find: ({ name }) => (RESERVED.includes(name) || !/^[a-z][a-z0-9]{0,11}$/.test(name)) && `name is "${name}"`,
  },
  {
    id: 'IMG-SET-002',
    reason: 'Names and ARNs are written from it; what is wrong in them is found at apply, or by no one.',
    remedy: 'give the twelve digits of the account as a string, and a region such as eu-west-1.',
    find: ({ accountId, region }) => [
      ...(/^\d{12}$/.test(accountId) ? [] : [`accountId is "${accountId}"`]),
      ...(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? [] : [`region is "${region}"`]),
    ],
  },
  {
    id: 'IMG-SET-003',
    reason: 'Scaling would ask for tasks that wait for ever, and its alarm never ends.',
    remedy:
      'raise maxInstances, or lower maxTasks: an API needs room for one task more, or nothing can be deployed at its maximum.',
    find: (settings) =>
      fleetsOf(settings).flatMap((fleet) => {
        const room = tasksOn(fleet);
        // Workers may be fewer during a deployment; of an API none goes before another has come.
        const spare = fleet.networkMode === 'awsvpc' ? 1 : 0;
        if (!room || room * fleet.maxInstances >= fleet.maxTasks + spare) return [];
        return [
          `${fleet.name}: ${fleet.maxInstances} instances hold ${room * fleet.maxInstances} tasks, maxTasks is ${fleet.maxTasks}`,
        ];
      }),
  },
  {
    id: 'IMG-SET-004',
    reason: 'Part of the base would never start; a percentage goes from 0 to 100.',
    remedy: 'give an onDemandBase of 0 to maxInstances and an onDemandPercent of 0 to 100.',
    find({ workers: { onDemandBase, onDemandPercent, maxInstances } }) {
      const fits = onDemandBase >= 0 && onDemandBase <= maxInstances && onDemandPercent >= 0 && onDemandPercent <= 100;
      return !fits && `workers: onDemandBase is ${onDemandBase} of ${maxInstances}, onDemandPercent ${onDemandPercent}`;
    },
  },
  {
    id: 'IMG-SET-005',
    reason: 'No number of tasks makes a message wait less than it takes, so scaling would run to its maximum.',
    remedy: 'give secondsPerMessage above 0 and an acceptableLatencySeconds that is not below it.',
    find: ({ workers: { acceptableLatencySeconds, secondsPerMessage } }) =>
      (secondsPerMessage <= 0 || acceptableLatencySeconds < secondsPerMessage) &&
      `workers: acceptableLatencySeconds is ${acceptableLatencySeconds}, secondsPerMessage ${secondsPerMessage}`,
  },
  {
    id: 'IMG-SET-006',
    reason: 'A zone that is lost, or one task that ends, would be an outage.',
    remedy: 'give minTasks of 2 or more, or disposable storage if nothing of value is in it.',
    find: (settings) =>
      Object.entries(settings.services)
        .filter(([, { minTasks }]) => keepsValue(settings) && minTasks < 2)
        .map(([name, { minTasks }]) => `${name}: minTasks is ${minTasks}`),
  },
  {
    id: 'IMG-SET-007',
    reason: 'The load balancer would be internal, with nothing in front of it.',
    remedy: 'enable the CDN, or set vpcOrigin to false.',
    find: ({ cdn }) => cdn.vpcOrigin && !cdn.enabled && 'cdn.vpcOrigin without the CDN',
  },
  {
    id: 'IMG-SET-008',
    reason: 'Clients could not tell the load balancer from another: a certificate is for a name.',
    remedy: 'give certificateArn and domainName together, of the load balancer and of the CDN.',
    find: ({ loadBalancer, cdn }) => [
      ...(!loadBalancer.certificateArn === !loadBalancer.domainName
        ? []
        : ['loadBalancer has one of certificateArn and domainName']),
      ...(!cdn.certificateArn === (cdn.domainNames.length === 0)
        ? []
        : ['cdn has one of certificateArn and domainNames']),
    ],
  },
  {
    id: 'IMG-SET-009',
    reason: 'API keys and images of value would go over the line in the clear.',
    remedy: 'give certificateArn and domainName and remove allowHttp.',
    find: (settings) =>
      keepsValue(settings) && settings.loadBalancer.allowHttp === true && 'allowHttp where storage is not disposable',
  },
  {
    id: 'IMG-SET-010',
    reason: 'Alarms would go off, and nobody would be told.',
    remedy: 'give an address in alarmEmails, and confirm the mail that SNS sends.',
    find: (settings) =>
      keepsValue(settings) && settings.observability.alarmEmails.length === 0 && 'alarmEmails is empty',
  },
  {
    id: 'IMG-SET-011',
    reason: 'With one NAT gateway for all, the loss of its zone stops every task; one a zone costs $33 a month more.',
    remedy: "set egress to 'nat-per-zone', or without a CDN to 'interface-endpoints'.",
    find: (settings) =>
      keepsValue(settings) && settings.network.egress === 'nat-single' && 'one NAT gateway for all zones',
  },
  {
    id: 'IMG-SET-012',
    reason: 'The subnets of all zones are cut from it; AWS takes networks of /16 to /28.',
    remedy: 'give a private network of /16 to /22.',
    find({ network: { cidr } }) {
      const size = Number(/^(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d.]+\/(\d+)$/.exec(cidr)?.[1]);
      return !(size >= 16 && size <= 22) && `network.cidr is ${cidr}`;
    },
  },
  {
    id: 'IMG-SET-013',
    reason: 'AWS Budgets refuses it, or it says nothing.',
    remedy: 'give the dollars that a month may cost.',
    find: ({ observability: { monthlyBudget } }) => !(monthlyBudget > 0) && `monthlyBudget is ${monthlyBudget}`,
  },
  {
    id: 'IMG-SET-014',
    reason: 'CloudWatch takes certain numbers of days only, and plan refuses others with a list of them.',
    remedy: 'give 14, 30, 90, 180, 365 or 731 days.',
    find: ({ observability: { logDays }, network: { flowLogDays } }) =>
      [logDays, flowLogDays]
        .filter((days, index) => !LOG_DAYS.includes(days) && !(index === 1 && days === 0))
        .map((days) => `logs are to be kept for ${days} days`),
  },
  {
    id: 'IMG-SET-015',
    reason: 'Clients would have to sign what nobody checks, or nobody could read private images.',
    remedy: 'enable the CDN, or remove signedUrlKeys.',
    find: ({ cdn }) => cdn.signedUrlKeys.length > 0 && !cdn.enabled && 'cdn.signedUrlKeys without the CDN',
  },
  {
    id: 'IMG-SET-016',
    reason:
      'Whoever is in the network would have private images without a key or a signature: only the CDN looks at those.',
    remedy: 'set vpcOrigin to false, so that the load balancer knows the CDN by its secret, or remove signedUrlKeys.',
    find: ({ cdn }) => cdn.signedUrlKeys.length > 0 && cdn.vpcOrigin && 'cdn.signedUrlKeys with a VPC origin',
  },
  {
    id: 'IMG-SET-017',
    reason: 'Its state, its container images and the limits of its roles are where a bootstrap has made them.',
    remedy:
      'give it the account and region of one of ACCOUNTS in stacks/environments/account.ts; an account has one region.',
    find: (settings) =>
      !isOfNobody(settings) &&
      !accountsOf(settings).some(({ region }) => region === settings.region) &&
      `no bootstrap is for ${settings.accountId} in ${settings.region}`,
  },
  {
    id: 'IMG-SET-018',
    reason: 'CloudFront has no interface endpoint: nobody could tell the CDN to forget what was deleted.',
    remedy: "set egress to 'nat-per-zone' or 'nat-single', or disable the CDN.",
    find: ({ cdn, network }) =>
      cdn.enabled && network.egress === 'interface-endpoints' && 'cdn.enabled with interface-endpoints',
  },
  {
    id: 'IMG-SET-020',
    reason:
      'Pull requests that nobody has reviewed read its state, and the secret by which the load balancer knows the CDN is in it.',
    remedy: 'take the environment out of previewEnvironments in stacks/environments/account.ts.',
    find: (settings) =>
      settings.cdn.enabled &&
      accountsOf(settings).some(({ previewEnvironments }) => previewEnvironments.includes(settings.name)) &&
      `${settings.name} has a CDN and is in previewEnvironments`,
  },
  {
    id: 'IMG-SET-040',
    reason: 'Its account makes no boundary for its roles, and none of them can be made without.',
    remedy: 'put it into githubEnvironments in stacks/environments/account.ts, and deploy the bootstrap.',
    find: (settings) =>
      !isOfNobody(settings) &&
      !accountsOf(settings).some(({ githubEnvironments }) => githubEnvironments.includes(settings.name)) &&
      `no account has ${settings.name} in githubEnvironments`,
  },
  {
    id: 'IMG-SET-019',
    reason: 'AWS refuses it when it is applied, or takes it and does nothing with it.',
    remedy: 'give what stacks/environments/settings.ts says of it.',
    find: invalidSettings,
  },
];
