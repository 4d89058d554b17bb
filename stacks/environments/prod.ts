import { EXAMPLE_ACCOUNT_ID, REGION, TAGS } from './account.ts';
import type { EnvironmentSettings } from './settings.ts';

/** For real users: a zone may fail, and nothing is destroyed by mistake. Its costs are in docs/finance.md. */
export const prod: EnvironmentSettings = {
  name: 'prod',
  // PLACEHOLDER: write ACCOUNT_ID here to deploy this environment; synth then asks for all other placeholders.
  accountId: EXAMPLE_ACCOUNT_ID,
  region: REGION,
  tags: TAGS,
  network: {
    cidr: '10.30.0.0/16',
    // PLACEHOLDERS. Two zones would save a NAT gateway, and losing one would cost half of the capacity instead of a third.
    zones: ['use1-az2', 'use1-az4', 'use1-az6'],
    // $33 a month and zone. Image bytes do not pass through NAT: the gateway endpoints of S3 and DynamoDB are free.
    egress: 'nat-per-zone',
    // The endpoints for this cost $153 a month, and save what NAT charges for bytes. Without it, a malicious image that takes over its process may
    // send files of the worker anywhere.
    isolatedWorkers: false,
    // $0.50 a GB; long enough to look into an incident.
    flowLogDays: 14,
  },
  loadBalancer: {
    // PLACEHOLDERS: a certificate of ACM in this region (free) and the name it is for.
    certificateArn: `arn:aws:acm:${REGION}:${EXAMPLE_ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000002`,
    domainName: 'images.example.com',
    // More than the 30 s that `Prefer: wait` may take, and less than the 65 s for which the services keep connections.
    idleTimeoutSeconds: 60,
    deletionProtection: true,
    // $0.023 a GB and month of logs.
    accessLogs: true,
    // $5 a month, $1 a rule, $0.60 a million requests. 2,000 in five minutes are 6.7 a second of one address: raise it for gateways.
    waf: { enabled: true, requestsPerFiveMinutes: 2000 },
  },
  api: {
    // PLACEHOLDER: pages that upload in parts straight to S3.
    corsOrigins: ['https://app.example.com'],
    // Keys of owners are in the table. Add the issuers of your users' tokens, and end `localKeys` when nobody uses them.
    authentication: { issuers: [], localKeys: 'on' },
    // 6,000 requests a minute of an owner, 1,200 without credentials of an address, 32 uploads at once: docs/limits.md.
    limits: 'default',
    // Nobody but its owner sees an image until he says so.
    defaultVisibility: 'private',
    moderation: { images: 'off' },
    // Photographs of phones tell where they were taken, and the public would read it.
    originalMetadata: 'strip-public',
    svg: 'public',
    transformations: 'any',
  },
  services: {
    'sync-upload': {
      // Uploads come in bursts, so no instances are kept waiting for them: $29 a month and task. 50 uploads at once use 233 MiB.
      capacity: { kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'arm64' },
      // Two tasks are in two zones.
      minTasks: 2,
      maxTasks: 20,
      requestsPerTaskPerMinute: 600,
      targetCpu: 60,
    },
    'async-upload': {
      // This service reads every assembled object once for its SHA-256, for which Graviton has special instructions: $53 a month and instance.
      capacity: {
        kind: 'ec2',
        instanceTypes: ['c7g.large', 'c8g.large'],
        architecture: 'arm64',
        // Two tasks fill an instance; network interfaces allow no more.
        cpu: 1024,
        memory: 1536,
        minInstances: 2,
        // Two more than the tasks fill, so that four tasks are replaced at once and a deployment at the maximum takes 36 minutes.
        maxInstances: 12,
      },
      minTasks: 2,
      maxTasks: 20,
      requestsPerTaskPerMinute: 600,
      targetCpu: 60,
    },
    download: {
      // This service passes bytes from S3 to clients all day, on the cheapest vCPU-hour that AWS has: $50 a month and instance.
      capacity: {
        kind: 'ec2',
        instanceTypes: ['c6g.large', 'c7g.large'],
        architecture: 'arm64',
        cpu: 1024,
        memory: 1536,
        minInstances: 2,
        // Three more than the tasks fill, so that a deployment takes 29 minutes; they run only meanwhile.
        maxInstances: 23,
      },
      minTasks: 3,
      maxTasks: 40,
      // Most requests end at the CDN.
      requestsPerTaskPerMinute: 2400,
      targetCpu: 60,
    },
  },
  workers: {
    // Six pools of 4 vCPUs and 8 GiB in each zone: $0.15 to $0.21 an hour on demand, on average 57 % less on spot.
    instanceTypes: ['c5.xlarge', 'c5a.xlarge', 'c6a.xlarge', 'c6i.xlarge', 'c7a.xlarge', 'c7i.xlarge'],
    architecture: 'x86_64',
    // A task fills an instance and runs four image processes; a second task would only share the same CPUs.
    cpu: 4096,
    memory: 7168,
    // $112 a month of the cheapest type, half of which spot would save: when spot capacity is short, images wait but are still made.
    onDemandBase: 1,
    // What each further 10 % cost is in docs/finance.md.
    onDemandPercent: 0,
    minTasks: 2,
    maxTasks: 40,
    // At most $8.20 an hour, if AWS had only the dearest type, and no spot.
    maxInstances: 40,
    acceptableLatencySeconds: 30,
    // Measured: 0.17 s for a photograph of 24 megapixels on two cores (docs/performance.md), which are 4 vCPUs.
    secondsPerMessage: 0.2,
    // A new AMI, with its security updates, reaches every instance within a week.
    maxInstanceLifetimeDays: 7,
    terminationProtection: false,
  },
  storage: {
    // More than the three days that an upload may take; 1,000 abandoned uploads of 500 MB cost $11 a month and month.
    abortMultipartDays: 4,
    // It is unknown how often originals are read. After 30 days without a read one costs $0.0125 a GB and month instead of $0.023, without a
    // retrieval fee.
    originalsTier: 'intelligent-tiering',
    // Immediately, so that those 30 days count from the upload; $0.01 for 1,000 objects.
    originalsTierDays: 0,
    // Intelligent-Tiering reaches the same price by itself, without the $0.03 a GB that reading costs in Glacier.
    originalsGlacierDays: 0,
    // Most renditions are not requested after three months, and can be made again. Where many are, keeping them for longer costs less: `npm run cost`
    // says for which workload.
    renditionsExpireDays: 90,
    // A month to notice mistaken deletions; after that, what users delete is gone.
    noncurrentDays: 30,
    // A record of who read which object, for $0.023 a GB and month.
    accessLogs: true,
    disposable: false,
    // At its ceilings all month the table would cost about $6,600 for writes and $3,300 for reads, and each of its two indexes as much.
    // Above them requests are refused and retried.
    maxReadUnits: 10_000,
    maxWriteUnits: 4000,
    // As long as point-in-time recovery of the table; everything else is gone earlier.
    forgottenDays: 35,
    // Copies cost $76 for a million originals of 3 MB, then $12.50 a month. Without them, originals are lost with a region or account. Needs a
    // second account.
    originalsReplica: 'off',
    // Daily backups kept for 35 days cost $3.50 a month per GB of the table, and $7.60 with copies elsewhere. Without them there is only
    // point-in-time recovery.
    tableBackups: 'off',
  },
  cdn: {
    // $0.085 a GB and $0.01 for 10,000 requests; the first TB and 10 million requests of a month are free, and so are fetches from origins in
    // AWS.
    enabled: true,
    // Edges in North America and Europe; `PriceClass_All` is nearer to the rest of the world, at a higher price a GB.
    priceClass: 'PriceClass_100',
    // Misses of all edges go to one shared cache, so that a rendition is fetched from the origin once.
    originShield: true,
    vpcOrigin: false,
    // PLACEHOLDERS: a certificate of ACM in us-east-1 (free) and the names it is for. With CloudFront's own, viewers may speak TLS 1.0.
    certificateArn: `arn:aws:acm:us-east-1:${EXAMPLE_ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000003`,
    domainNames: ['cdn.images.example.com'],
    signedUrlKeys: [],
    accessLogs: true,
    // Another $5 a month and $1 a rule; it keeps a flood of requests off the CDN's bill.
    waf: true,
  },
  observability: {
    // $0.03 a GB and month.
    logDays: 90,
    // A year, within which most misuse is noticed.
    auditDays: 365,
    // PLACEHOLDER.
    alarmEmails: ['image-team@example.com'],
    monthlyBudget: 1500,
    economyMode: 'by-hand',
    containerInsights: 'enabled',
  },
  // HEVC is patented: switch it on only after checking the licences.
  heic: 'off',
};
