// settings-validation.ts says which values a setting accepts, settings-checks.ts which settings do not go together, and non-disposable-checks.ts what an
// environment needs if its storage is not disposable.
import { LONGEST_IDLE_SECONDS } from '../edge/load-balancer.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { isZoneOf } from '../network/zone-ids.ts';
import type { SettingsCheck } from './check.ts';
import { avoidsDockerNetwork, isDomain, isNetwork, isOrigin, isSignersKey, within } from './setting-predicates.ts';

/** What a setting must be, because AWS refuses other values when they are applied, or accepts and ignores them. */
type SettingRule = [path: string, read: (settings: EnvironmentSettings) => unknown, isRight: Predicate, mustBe: string];

/** Tests one value. A setting with a list of values is tested for each, and an empty list passes. */
type Predicate = (value: never, settings: EnvironmentSettings) => boolean;

const isOfRegion = (arn: string, { accountId, region }: EnvironmentSettings): boolean =>
  new RegExp(`^arn:aws:acm:${region}:${accountId}:certificate/[\\w-]+$`).test(arn);

const servicesOf = ({ services }: EnvironmentSettings) => Object.values(services);

/** The values that occur more than once. */
const duplicatesIn = (values: readonly string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

const SETTING_RULES: SettingRule[] = [
  [
    'region',
    ({ region }) => region,
    (region: string) => !/^(cn|us-gov|us-iso)/.test(region),
    'a region of the partition `aws`',
  ],
  ['network.zones', ({ network }) => network.zones.length, within(2, 3), '2 or 3'],
  [
    'network.zones',
    ({ network }) => network.zones,
    (zone: string, { region }) => isZoneOf(zone, region),
    'the id of a zone of the region, such as use1-az1 of us-east-1',
  ],
  ['network.zones', ({ network }) => duplicatesIn(network.zones), () => false, 'listed only once'],
  [
    'network.natZone',
    ({ network }) => network.natZone ?? (network.egress === 'nat-single' ? '' : []),
    (zone: string, { network }) => network.zones.includes(zone),
    'one of network.zones',
  ],
  ['network.cidr', ({ network }) => network.cidr, isNetwork, 'the first address of a network'],
  ['network.cidr', ({ network }) => network.cidr, avoidsDockerNetwork, 'outside 172.17.0.0/16, which Docker uses'],
  [
    'loadBalancer.certificateArn',
    ({ loadBalancer }) => loadBalancer.certificateArn ?? [],
    isOfRegion,
    'a certificate of ACM in the environment’s account and region',
  ],
  ['loadBalancer.domainName', ({ loadBalancer }) => loadBalancer.domainName ?? [], isDomain, 'a name in lower case'],
  [
    'loadBalancer.idleTimeoutSeconds',
    ({ loadBalancer }) => loadBalancer.idleTimeoutSeconds,
    within(1, LONGEST_IDLE_SECONDS),
    `1 to ${LONGEST_IDLE_SECONDS}`,
  ],
  ['services.*.targetCpu', (all) => servicesOf(all).map(({ targetCpu }) => targetCpu), within(10, 90), '10 to 90'],
  [
    'services.*.capacity.instanceTypes',
    (all) =>
      servicesOf(all).flatMap(({ capacity }) => (capacity.kind === 'ec2' ? duplicatesIn(capacity.instanceTypes) : [])),
    () => false,
    'listed only once',
  ],
  ['workers.instanceTypes', ({ workers }) => duplicatesIn(workers.instanceTypes), () => false, 'listed only once'],
  [
    'workers.maxInstanceLifetimeDays',
    ({ workers }) => workers.maxInstanceLifetimeDays,
    within(1, 365),
    'whole days, 1 to 365',
  ],
  ['api.corsOrigins', ({ api }) => api.corsOrigins, isOrigin, 'an origin such as https://app.example.com, or *'],
  [
    'cdn.domainNames',
    ({ cdn }) => cdn.domainNames,
    (name: string) => isDomain(name.replace(/^\*\./, '')),
    'a domain name',
  ],
  [
    'cdn.domainNames',
    ({ cdn }) => cdn.domainNames,
    (name: string, { loadBalancer }) => name !== loadBalancer.domainName,
    'different from the load balancer’s name, which must not lead to the CDN',
  ],
  [
    'cdn.signedUrlKeys',
    ({ cdn }) => cdn.signedUrlKeys,
    isSignersKey,
    'a public key in PEM: RSA of 2,048 bits or EC P-256',
  ],
  [
    'observability.alarmEmails',
    ({ observability }) => observability.alarmEmails,
    (mail: string) => /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(mail),
    'a mail address',
  ],
  [
    'observability.alarmEmails',
    ({ observability }) => duplicatesIn(observability.alarmEmails),
    () => false,
    'listed only once',
  ],
];

/** Describes each value that breaks a rule. */
const invalidSettings = (settings: EnvironmentSettings): string[] =>
  SETTING_RULES.flatMap(([path, read, isRight, mustBe]) =>
    [read(settings)]
      .flat()
      .filter((value) => !isRight(value as never, settings))
      .map((value) => `${path} has ${JSON.stringify(value)}, which is not ${mustBe}`),
  );

/** The retention periods, in days, that CloudWatch Logs accepts. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Names that the account uses: `account` tags what belongs to all environments, and the roles of workflows begin with `github`. */
const RESERVED = ['account', 'github'];

/** Which values a setting accepts. */
export const SETTINGS_VALIDATION: SettingsCheck[] = [
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
    find: ({ observability: { logDays, auditDays }, network: { flowLogDays } }) =>
      [logDays, flowLogDays, auditDays]
        .filter((days, index) => !LOG_DAYS.includes(days) && !(index === 1 && days === 0))
        .map((days) => `logs are to be kept for ${days} days`),
  },
  {
    id: 'IMG-SET-019',
    reason: 'AWS refuses the value when it is applied, or accepts it and ignores it.',
    remedy: 'give a value that the description in stacks/environments/settings.ts allows.',
    find: invalidSettings,
  },
];
