import { EXAMPLE_ACCOUNT_ID, REGION, TAGS } from './account.ts';
import type { EnvironmentSettings } from './settings.ts';

/**
 * What users use: a zone may fail, nothing is destroyed by mistake. About $800 a month before traffic: NAT gateways 99, load balancer 17,
 * public addresses 22, tasks and instances of the APIs 263, workers 170, WAF 25, logs, alarms and metrics about 200. (us-east-1, prices of
 * July and August 2026.)
 */
export const prod: EnvironmentSettings = {
  name: 'prod',
  // PLACEHOLDER: ACCOUNT_ID once it is to be deployed; synth then asks for all the others.
  accountId: EXAMPLE_ACCOUNT_ID,
  region: REGION,
  tags: TAGS,
  network: {
    cidr: '10.30.0.0/16',
    // PLACEHOLDERS. Two zones would save a NAT gateway, and losing one would cost half of the capacity instead of a third.
    zones: ['use1-az2', 'use1-az4', 'use1-az6'],
    // $33 a month and zone. Image bytes do not pass it: the gateway endpoints of S3 and DynamoDB are free.
    egress: 'nat-per-zone',
    // $153 a month more. Without, an image that takes its process over may send whatever lies in the worker's folder to anywhere.
    isolatedWorkers: false,
    // $0.50 a GB; long enough to look into an incident.
    flowLogDays: 14,
  },
  loadBalancer: {
    // PLACEHOLDERS: a certificate of ACM in this region (free) and the name it is for.
    certificateArn: `arn:aws:acm:${REGION}:${EXAMPLE_ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000002`,
    domainName: 'images.example.com',
    // Above the 30 s that `Prefer: wait` may take, below the 65 s for which the services keep connections.
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
  },
  services: {
    'sync-upload': {
      // Comes in bursts, so without instances that wait for them: $29 a month and task. 50 uploads at once hold 233 MiB.
      capacity: { kind: 'fargate', cpu: 1024, memory: 2048, architecture: 'arm64' },
      // Two, in two zones.
      minTasks: 2,
      maxTasks: 20,
      requestsPerTaskPerMinute: 600,
      targetCpu: 60,
    },
    'async-upload': {
      // Reads every assembled object once for its SHA-256, for which Graviton has instructions of its own: $53 a month and instance.
      capacity: {
        kind: 'ec2',
        instanceTypes: ['c7g.large', 'c8g.large'],
        architecture: 'arm64',
        // Two tasks fill an instance; network interfaces allow no more.
        cpu: 1024,
        memory: 1536,
        minInstances: 2,
        // Two more than the tasks fill: four tasks are replaced at once, and a deployment at the maximum takes 36 minutes.
        maxInstances: 12,
      },
      minTasks: 2,
      maxTasks: 20,
      requestsPerTaskPerMinute: 600,
      targetCpu: 60,
    },
    download: {
      // Bytes from S3 to clients all day: the cheapest vCPU-hour that AWS has, $50 a month and instance.
      capacity: {
        kind: 'ec2',
        instanceTypes: ['c6g.large', 'c7g.large'],
        architecture: 'arm64',
        cpu: 1024,
        memory: 1536,
        minInstances: 2,
        // Likewise three more, 29 minutes; they run meanwhile only.
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
    // Six pools of 4 vCPUs and 8 GiB in each zone: $0.15 to $0.21 an hour on demand, about 60 % less on spot.
    instanceTypes: ['c5.xlarge', 'c5a.xlarge', 'c6a.xlarge', 'c6i.xlarge', 'c7a.xlarge', 'c7i.xlarge'],
    architecture: 'x86_64',
    // All of an instance, for four image processes; a second task on it would only share them.
    cpu: 4096,
    memory: 7168,
    // $0.17 an hour, $124 a month: in a spot drought images wait, but are made.
    onDemandBase: 1,
    // Every 10 % more cost about 6 % more.
    onDemandPercent: 0,
    minTasks: 2,
    maxTasks: 40,
    // At most $6.80 an hour on demand, about $2.70 on spot.
    maxInstances: 40,
    acceptableLatencySeconds: 30,
    // Measured 0.17 s for a photograph of 24 megapixels on two cores (docs/performance.md), which is what 4 vCPUs are.
    secondsPerMessage: 0.2,
    // A new AMI, with its security updates, reaches every instance within a week.
    maxInstanceLifetimeDays: 7,
    terminationProtection: false,
  },
  storage: {
    // More than the three days that an upload may take; 1,000 abandoned uploads of 500 MB cost $11 a month and month.
    abortMultipartDays: 4,
    // Nobody knows how often an original is read: it costs $0.0125 a GB and month instead of $0.023 after 30 days without a read, and no retrieval fee.
    originalsTier: 'intelligent-tiering',
    // At once, so that those days count; $0.01 for 1,000 objects.
    originalsTierDays: 0,
    // Intelligent-Tiering goes as low by itself, without the $0.03 a GB that reading costs in Glacier.
    originalsGlacierDays: 0,
    // Rarely asked for again after three months, and then made again.
    renditionsExpireDays: 90,
    // A month to notice what was deleted by mistake; what users delete is gone after it.
    noncurrentDays: 30,
    // Who read which object: $0.023 a GB and month.
    accessLogs: true,
    disposable: false,
    // At its ceilings all month about $6,600 for writes and $3,300 for reads; above them requests are refused, and tried again.
    maxReadUnits: 10_000,
    maxWriteUnits: 4000,
    // What point-in-time recovery of the table keeps; everything else goes earlier.
    forgottenDays: 35,
    // $80 for a million originals of 3 MB, then $13 a month; without it a lost region or account is the end of them. It wants a second account.
    originalsReplica: 'off',
    // $3.50 a month for each GB of the table, daily for 35 days, and with copies elsewhere $7.60; without it records have the table's own backups only.
    tableBackups: 'off',
  },
  cdn: {
    // $0.085 a GB and $0.01 for 10,000 requests, the first TB and 10 million of a month free; origins in AWS are fetched from for nothing.
    enabled: true,
    // Edges of North America and Europe; `PriceClass_All` is nearer to the rest of the world, at up to $0.12 a GB.
    priceClass: 'PriceClass_100',
    // Misses of all edges meet in one cache, so that a rendition is fetched once.
    originShield: true,
    vpcOrigin: false,
    // PLACEHOLDERS: a certificate of ACM in us-east-1 (free) and the names it is for. With CloudFront's own, viewers may speak TLS 1.0.
    certificateArn: `arn:aws:acm:us-east-1:${EXAMPLE_ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000003`,
    domainNames: ['cdn.images.example.com'],
    signedUrlKeys: [],
    accessLogs: true,
    // Another $5 a month and $1 a rule, and it keeps a flood away from the cache's bill.
    waf: true,
  },
  observability: {
    // $0.03 a GB and month.
    logDays: 90,
    // PLACEHOLDER.
    alarmEmails: ['image-team@example.com'],
    monthlyBudget: 1500,
    containerInsights: 'enabled',
  },
  // HEVC is patented: to be decided by whoever has the licences looked into.
  heic: 'off',
};
