import { ACCOUNT_ID, REGION, TAGS } from './account.ts';
import type { EnvironmentSettings, FargateCapacity } from './settings.ts';

/** The smallest size of Fargate: $0.0099 an hour, $7.20 a month for each task. */
const SMALLEST: FargateCapacity = { kind: 'fargate', cpu: 256, memory: 512, architecture: 'arm64' };

/** For trying things out. It costs least (docs/finance.md), and may be destroyed with everything in it. */
export const dev: EnvironmentSettings = {
  name: 'dev',
  accountId: ACCOUNT_ID,
  region: REGION,
  tags: TAGS,
  network: {
    cidr: '10.10.0.0/16',
    // PLACEHOLDERS, like the region: ids of two of its zones that offer everything needed here. A load balancer needs at least two.
    zones: ['use1-az2', 'use1-az4'],
    // One NAT gateway costs $33 a month; if its zone fails, no task reaches the Internet.
    egress: 'nat-single',
    natZone: 'use1-az2',
    // The endpoints for this cost $102 a month, and save what NAT charges for bytes.
    isolatedWorkers: false,
    flowLogDays: 0,
  },
  loadBalancer: {
    // Images and keys travel unencrypted, so use this for nothing secret. A certificate of ACM is free, but needs a domain.
    allowHttp: true,
    idleTimeoutSeconds: 60,
    deletionProtection: false,
    accessLogs: false,
    // $5 a month, $1 a rule, $0.60 a million requests.
    waf: { enabled: false, requestsPerFiveMinutes: 2000 },
  },
  api: {
    // No web page uses part URLs here.
    corsOrigins: [],
    // Keys of owners are in the table; `local` is for the first calls.
    authentication: { issuers: [], localKeys: 'on' },
    limits: 'default',
    defaultVisibility: 'private',
    moderation: { images: 'off' },
    originalMetadata: 'strip-public',
    svg: 'public',
    transformations: 'any',
  },
  services: {
    // With one task each, a deployment or a lost zone is an outage of a minute or two.
    'sync-upload': { capacity: SMALLEST, minTasks: 1, maxTasks: 2, requestsPerTaskPerMinute: 150, targetCpu: 60 },
    'async-upload': { capacity: SMALLEST, minTasks: 1, maxTasks: 2, requestsPerTaskPerMinute: 150, targetCpu: 60 },
    download: { capacity: SMALLEST, minTasks: 1, maxTasks: 2, requestsPerTaskPerMinute: 600, targetCpu: 60 },
  },
  workers: {
    // Six pools of 2 vCPUs and 4 GiB: $0.077 to $0.103 an hour on demand, on average 63 % less on spot.
    instanceTypes: ['c5.large', 'c5a.large', 'c6a.large', 'c6i.large', 'c7a.large', 'c7i.large'],
    architecture: 'x86_64',
    // A task fills an instance and runs two image processes.
    cpu: 2048,
    memory: 3392,
    onDemandBase: 0,
    onDemandPercent: 0,
    // When idle, workers cost nothing, and the first image waits three to five minutes for an instance.
    minTasks: 0,
    maxTasks: 2,
    maxInstances: 2,
    acceptableLatencySeconds: 300,
    // Measured: 0.17 s for a photograph of 24 megapixels on two cores (docs/performance.md). A vCPU is half a core.
    secondsPerMessage: 0.4,
    maxInstanceLifetimeDays: 7,
    terminationProtection: false,
  },
  storage: {
    // More than the three days that an upload may take.
    abortMultipartDays: 4,
    // Nothing here gets old enough to repay a transition.
    originalsTier: 'none',
    originalsTierDays: 0,
    originalsGlacierDays: 0,
    // A rendition of 100 KiB costs $0.0000022 a month, and making it again $0.000005 for the request that stores it, with the worker's time.
    renditionsExpireDays: 14,
    noncurrentDays: 1,
    accessLogs: false,
    disposable: true,
    // At its ceilings all month the table would cost about $330 for writes and $66 for reads, and each of its two indexes as much.
    maxReadUnits: 200,
    maxWriteUnits: 200,
    forgottenDays: 35,
    // Nothing here is worth a copy.
    originalsReplica: 'off',
    tableBackups: 'off',
  },
  cdn: {
    // Users are near the region, and each deployment of a distribution takes five minutes.
    enabled: false,
    priceClass: 'PriceClass_100',
    originShield: false,
    vpcOrigin: false,
    domainNames: [],
    signedUrlKeys: [],
    accessLogs: false,
    waf: false,
  },
  observability: {
    logDays: 7,
    auditDays: 30,
    // PLACEHOLDER: nobody is notified until there is an address here.
    alarmEmails: [],
    monthlyBudget: 150,
    economyMode: 'by-hand',
    containerInsights: 'enabled',
  },
  // HEVC is patented: switch it on only after checking the licences.
  heic: 'off',
};
