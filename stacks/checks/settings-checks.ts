// settings-validation.ts says which values a setting accepts, settings-checks.ts which settings do not go together, and non-disposable-checks.ts what an
// environment needs if its storage is not disposable.
import { tasksPerInstance } from '../compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import { ACCOUNTS, EXAMPLE_ACCOUNT_ID } from '../environments/account.ts';
import type { AccountSettings, EnvironmentSettings } from '../environments/settings.ts';
import type { SettingsCheck } from './check.ts';

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

const accountsOf = ({ accountId }: EnvironmentSettings): AccountSettings[] =>
  Object.values(ACCOUNTS).filter((account) => account.accountId === accountId);

/** Whether the environment is still in the example account, where nobody deploys, though ACCOUNTS may already have a real one. */
const isExampleAccount = (settings: EnvironmentSettings): boolean =>
  settings.accountId === EXAMPLE_ACCOUNT_ID && accountsOf(settings).length === 0;

/** Settings that do not go together, which no single resource reveals. */
export const SETTINGS_CHECKS: SettingsCheck[] = [
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
];
