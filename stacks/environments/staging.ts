import { EXAMPLE_ACCOUNT_ID, REGION, TAGS } from './account.ts';
import type { EnvironmentSettings } from './settings.ts';

/** For rehearsing prod: the same kinds of resources, fewer of each. Its costs are in docs/finance.md. */
export const staging: EnvironmentSettings = {
  name: 'staging',
  // PLACEHOLDER: write ACCOUNT_ID here to deploy this environment; synth then asks for all other placeholders.
  accountId: EXAMPLE_ACCOUNT_ID,
  region: REGION,
  tags: TAGS,
  network: {
    cidr: '10.20.0.0/16',
    // PLACEHOLDERS.
    zones: ['use1-az2', 'use1-az4', 'use1-az6'],
    // Two gateways fewer than prod, $66 a month; losing the zone of the gateway may stop staging.
    egress: 'nat-single',
    natZone: 'use1-az2',
    isolatedWorkers: false,
    flowLogDays: 0,
  },
  loadBalancer: {
    // PLACEHOLDERS: a certificate of ACM in this region (free) and the name it is for.
    certificateArn: `arn:aws:acm:${REGION}:${EXAMPLE_ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000001`,
    domainName: 'images.staging.example.com',
    idleTimeoutSeconds: 60,
    deletionProtection: false,
    accessLogs: false,
    waf: { enabled: true, requestsPerFiveMinutes: 2000 },
  },
  api: {
    // PLACEHOLDER: pages that upload in parts straight to S3.
    corsOrigins: ['https://app.staging.example.com'],
    authentication: { issuers: [], localKeys: 'on' },
    limits: 'default',
    defaultVisibility: 'private',
    moderation: { images: 'off' },
    originalMetadata: 'strip-public',
    svg: 'public',
    transformations: 'any',
  },
  services: {
    'sync-upload': {
      // Bytes stream through, so this takes CPU for digests and little memory. Half a vCPU is $14.40 a month.
      capacity: { kind: 'fargate', cpu: 512, memory: 1024, architecture: 'arm64' },
      minTasks: 1,
      maxTasks: 4,
      requestsPerTaskPerMinute: 300,
      targetCpu: 60,
    },
    'async-upload': {
      // As in prod: the service reads whole objects for their SHA-256. $53 a month and instance.
      capacity: {
        kind: 'ec2',
        instanceTypes: ['c7g.large'],
        architecture: 'arm64',
        cpu: 1024,
        memory: 1536,
        minInstances: 1,
        maxInstances: 3,
      },
      minTasks: 1,
      maxTasks: 4,
      requestsPerTaskPerMinute: 300,
      targetCpu: 60,
    },
    download: {
      // As in prod. $50 a month and instance; managed scaling adds a second one during a deployment.
      capacity: {
        kind: 'ec2',
        instanceTypes: ['c6g.large'],
        architecture: 'arm64',
        cpu: 1024,
        memory: 1536,
        minInstances: 1,
        maxInstances: 3,
      },
      minTasks: 1,
      maxTasks: 4,
      requestsPerTaskPerMinute: 1200,
      targetCpu: 60,
    },
  },
  workers: {
    // As in prod, so that interruptions and sizes are rehearsed: $0.15 to $0.21 an hour on demand, on average 57 % less on spot.
    instanceTypes: ['c5.xlarge', 'c5a.xlarge', 'c6a.xlarge', 'c6i.xlarge', 'c7a.xlarge', 'c7i.xlarge'],
    architecture: 'x86_64',
    cpu: 4096,
    memory: 7168,
    // All on spot: staging waits when spot capacity is short.
    onDemandBase: 0,
    onDemandPercent: 0,
    minTasks: 1,
    maxTasks: 4,
    maxInstances: 4,
    acceptableLatencySeconds: 60,
    secondsPerMessage: 0.2,
    maxInstanceLifetimeDays: 7,
    terminationProtection: false,
  },
  storage: {
    abortMultipartDays: 4,
    // As in prod, but with the shortest times, to show that tiered originals are still served.
    originalsTier: 'intelligent-tiering',
    originalsTierDays: 1,
    originalsGlacierDays: 0,
    renditionsExpireDays: 30,
    noncurrentDays: 7,
    accessLogs: false,
    // Staging holds only copies of images.
    disposable: true,
    // At its ceilings all month the table would cost about $820 for writes and $330 for reads, and each of its two indexes as much.
    maxReadUnits: 1000,
    maxWriteUnits: 500,
    forgottenDays: 35,
    // Switch both on here before in prod, and rehearse the loss of a region.
    originalsReplica: 'off',
    tableBackups: 'off',
  },
  cdn: {
    enabled: true,
    priceClass: 'PriceClass_100',
    originShield: false,
    vpcOrigin: false,
    domainNames: [],
    signedUrlKeys: [],
    accessLogs: false,
    // The load balancer's web ACL inspects everything that passes the CDN.
    waf: false,
  },
  observability: {
    logDays: 14,
    auditDays: 30,
    // PLACEHOLDER.
    alarmEmails: ['image-team@example.com'],
    monthlyBudget: 500,
    economyMode: 'by-hand',
    containerInsights: 'enabled',
  },
  // HEVC is patented: switch it on only after checking the licences.
  heic: 'off',
};
