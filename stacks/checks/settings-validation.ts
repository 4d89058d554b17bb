import { createPublicKey } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { LONGEST_IDLE_SECONDS } from '../edge/load-balancer.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { isZoneOf } from '../network/zone-ids.ts';

/** What a setting must be, because AWS refuses other values when they are applied, or accepts and ignores them. */
type SettingRule = [path: string, read: (settings: EnvironmentSettings) => unknown, isRight: Predicate, mustBe: string];

/** Tests one value. A setting with a list of values is tested for each, and an empty list passes. */
type Predicate = (value: never, settings: EnvironmentSettings) => boolean;

const within =
  (least: number, most: number) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;

const isDomain = (name: string): boolean =>
  name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name);

/** RSA of 2,048 bits or EC P-256: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html */
function isSignersKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    return asymmetricKeyType === 'rsa'
      ? asymmetricKeyDetails?.modulusLength === 2048
      : asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

function isOrigin(origin: string): boolean {
  return origin === '*' || (/^https?:\/\/[^*]+$/.test(origin) && URL.parse(origin)?.origin === origin);
}

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

/** Whether the address of a CIDR block is the first one of its network. */
function isNetwork(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  return isIPv4(address) && numberOf(address) % 2 ** (32 - Number(bits)) === 0;
}

/** The network that Docker uses on every instance: https://docs.docker.com/engine/network/drivers/bridge/ */
const DOCKER_NETWORK = numberOf('172.17.0.0');
const SIXTEEN_BITS = 2 ** 16;

function avoidsDockerNetwork(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  const first = numberOf(address);
  return first >= DOCKER_NETWORK + SIXTEEN_BITS || first + 2 ** (32 - Number(bits)) <= DOCKER_NETWORK;
}

const isOfRegion = (arn: string, { accountId, region }: EnvironmentSettings): boolean =>
  new RegExp(`^arn:aws:acm:${region}:${accountId}:certificate/[\\w-]+$`).test(arn);

const servicesOf = ({ services }: EnvironmentSettings) => Object.values(services);

/** The values that occur more than once. */
const duplicatesIn = (values: readonly string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

export const SETTING_RULES: SettingRule[] = [
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
export const invalidSettings = (settings: EnvironmentSettings): string[] =>
  SETTING_RULES.flatMap(([path, read, isRight, mustBe]) =>
    [read(settings)]
      .flat()
      .filter((value) => !isRight(value as never, settings))
      .map((value) => `${path} has ${JSON.stringify(value)}, which is not ${mustBe}`),
  );
