import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { COPIES } from '../support/stacks/copies.ts';
import { INCIDENTS, MISTAKES } from './mistakes/all-mistakes.ts';
import { type Change, setting, synth } from './mistakes/mistake.ts';

const FARGATE = { kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'x86_64' };
const EC2 = {
  kind: 'ec2',
  instanceTypes: ['c7g.large', 'c8g.large'],
  architecture: 'arm64',
  cpu: 1024,
  memory: 1536,
  minInstances: 1,
  maxInstances: 21,
};
/** The fleet of a service that has moved to Fargate. */
const FORMER = { instanceTypes: EC2.instanceTypes, architecture: EC2.architecture, maxInstances: EC2.maxInstances };
/** A CDN's certificate must be in us-east-1. */
const EDGE_ARN = 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000003';
/** These types all have 4 vCPUs and 8 GiB. */
const GRAVITON = ['c6g.xlarge', 'c6gd.xlarge', 'c6gn.xlarge', 'c7g.xlarge', 'c7gd.xlarge', 'c8g.xlarge'];
const capacities = (capacity: object): Change[] =>
  ['sync-upload', 'async-upload', 'download'].map((service) => setting(`services.${service}.capacity`, capacity));
const pem = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Every option of the settings that no environment uses; none may be reported as a mistake by itself. */
const CHOICES: [name: string, ...changes: Change[]][] = [
  ['a VPC origin', setting('cdn.vpcOrigin', true)],
  ['signed URLs', setting('cdn.signedUrlKeys', [pem()])],
  ['no CDN', setting('cdn.enabled', false)],
  ['no way out', setting('cdn.enabled', false), setting('network.egress', 'interface-endpoints')],
  [
    'one way out',
    setting('storage.disposable', true),
    setting('network.egress', 'nat-single'),
    setting('network.natZone', 'use1-az4'),
  ],
  ['two zones', setting('storage.disposable', true), setting('network.zones', ['use1-az2', 'use1-az4'])],
  ['isolated workers', setting('network.isolatedWorkers', true)],
  ['no flow logs', setting('network.flowLogDays', 0)],
  [
    'no WAF',
    setting('storage.disposable', true),
    setting('loadBalancer.waf.enabled', false),
    setting('cdn.waf', false),
  ],
  [
    'no logs',
    setting('storage.disposable', true),
    ...['loadBalancer', 'cdn', 'storage'].map((part) => setting(`${part}.accessLogs`, false)),
  ],
  ['all edge locations', setting('cdn.priceClass', 'PriceClass_All'), setting('cdn.originShield', false)],
  [
    'domain names of the CDN',
    setting('cdn.domainNames', ['*.images.example.org']),
    setting('cdn.certificateArn', EDGE_ARN),
  ],
  ['Fargate', ...capacities(FARGATE)],
  ['Fargate in place of instances', ...capacities({ ...FARGATE, formerFleet: FORMER })],
  ['instances', ...capacities(EC2), setting('services.download.maxTasks', 20)],
  ['no workers at rest', setting('workers.minTasks', 0)],
  ['workers on demand', setting('workers.onDemandPercent', 100)],
  ['protected instances', setting('workers.terminationProtection', true), setting('workers.onDemandPercent', 100)],
  ['arm64 workers', setting('workers.architecture', 'arm64'), setting('workers.instanceTypes', GRAVITON)],
  [
    'infrequent access',
    setting('storage.originalsTier', 'infrequent-access'),
    setting('storage.originalsTierDays', 30),
  ],
  ['no tier', setting('storage.originalsTier', 'none')],
  ['Glacier', setting('storage.originalsTier', 'none'), setting('storage.originalsGlacierDays', 90)],
  ['renditions for ever', setting('storage.renditionsExpireDays', 0)],
  ['no CORS origins', setting('api.corsOrigins', [])],
  ['all copies', ...Object.entries(COPIES).map(([name, value]) => setting(`storage.${name}`, value))],
  [
    'backups without copies',
    setting('storage.tableBackups', { ...COPIES.tableBackups, copyTo: 'none', everyHours: 24 }),
  ],
  ['enhanced insights', setting('observability.containerInsights', 'enhanced')],
];

const ALL = MISTAKES.flatMap(([, mistakes]) => mistakes);

describe('checks', () => {
  let caught = 0;

  for (const [kind, mistakes] of MISTAKES) {
    describe(`of the ${kind} stack`, () => {
      for (const [name, id, ...changes] of mistakes) {
        it(`report ${name}: ${id}`, () => {
          const line = synth(kind, changes)
            ?.split('\n')
            .find((each) => each.includes(`] ${id}: `));
          expect(line).to.match(new RegExp(`^\\[${kind}-[^\\]]+\\] ${id}: .+ To do: .+\\.$`));
          caught += 1;
        });
      }
    });
  }

  after(() => console.log(`      caught ${caught}/${ALL.length}, of which ${INCIDENTS.length} happened to others`));
});

describe('settings', () => {
  for (const [name, ...changes] of CHOICES) {
    it(`allow ${name}`, () => {
      for (const kind of ['storage', 'platform'] as const) expect(synth(kind, changes), kind).to.equal(undefined);
    });
  }
});
