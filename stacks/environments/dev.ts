import { ACCOUNT_ID, REGION, TAGS } from './account.ts';
import type { EnvironmentSettings, FargateCapacity } from './settings.ts';

/** The smallest there is: $0.0099 an hour, $7.20 a month and task. */
const SMALLEST: FargateCapacity = { kind: 'fargate', cpu: 256, memory: 512, architecture: 'arm64' };

/**
 * To try things out in: costs least, may be destroyed with all that is in it. About $105 a month at rest: NAT gateway 33, load balancer 17,
 * public addresses 11, three tasks 22, logs, alarms and metrics about 20. (us-east-1, prices of July and August 2026.)
 */
export const dev: EnvironmentSettings = {
  name: 'dev',
  accountId: ACCOUNT_ID,
  region: REGION,
  tags: TAGS,
  network: {
    cidr: '10.10.0.0/16',
    // PLACEHOLDERS, as the region: ids of two of its zones that have all that is asked for. The least that a load balancer takes.
    zones: ['use1-az2', 'use1-az4'],
    // $33 a month for one; with its zone goes the way out of all tasks.
    egress: 'nat-single',
    natZone: 'use1-az2',
    // $102 a month more.
    isolatedWorkers: false,
    flowLogDays: 0,
  },
  loadBalancer: {
    // Images and keys travel in the clear: only for what may be seen. A certificate of ACM is free, but wants a domain.
    allowHttp: true,
    idleTimeoutSeconds: 60,
    deletionProtection: false,
    accessLogs: false,
    // An ACL is $5 a month, each rule $1, a million requests $0.60.
    waf: { enabled: false, requestsPerFiveMinutes: 2000 },
  },
  api: {
    // No web page uses part URLs here.
    corsOrigins: [],
  },
  services: {
    // One task each: a deploy or a lost zone is an outage of a minute or two.
    'sync-upload': { capacity: SMALLEST, minTasks: 1, maxTasks: 2, requestsPerTaskPerMinute: 150, targetCpu: 60 },
    'async-upload': { capacity: SMALLEST, minTasks: 1, maxTasks: 2, requestsPerTaskPerMinute: 150, targetCpu: 60 },
    download: { capacity: SMALLEST, minTasks: 1, maxTasks: 2, requestsPerTaskPerMinute: 600, targetCpu: 60 },
  },
  workers: {
    // Six pools of 2 vCPUs and 4 GiB: $0.08 to $0.10 an hour on demand, about 60 % less on spot.
    instanceTypes: ['c5.large', 'c5a.large', 'c6a.large', 'c6i.large', 'c7a.large', 'c7i.large'],
    architecture: 'x86_64',
    // All of an instance, for two image processes.
    cpu: 2048,
    memory: 3392,
    onDemandBase: 0,
    onDemandPercent: 0,
    // From nothing: idle it costs nothing, and the first image waits three to five minutes for its instance.
    minTasks: 0,
    maxTasks: 2,
    maxInstances: 2,
    acceptableLatencySeconds: 300,
    // Measured 0.17 s for a photograph of 24 megapixels on two cores (docs/performance.md); vCPUs are half of one.
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
    // A rendition of 100 KiB costs $0.0000022 a month; making it again about as much.
    renditionsExpireDays: 14,
    noncurrentDays: 1,
    accessLogs: false,
    disposable: true,
    // At its ceilings all month the table would cost about $330 for writes and $66 for reads.
    maxReadUnits: 200,
    maxWriteUnits: 200,
    forgottenDays: 35,
    // Nothing here is worth a copy.
    originalsReplica: 'off',
    tableBackups: 'off',
  },
  cdn: {
    // Nobody is far away, and each deploy of a distribution takes five minutes.
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
    // PLACEHOLDER: nobody is told until an address stands here.
    alarmEmails: [],
    monthlyBudget: 150,
    containerInsights: 'enabled',
  },
  // HEVC is patented: to be decided by whoever has the licences looked into.
  heic: 'off',
};
