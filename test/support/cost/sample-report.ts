import {
  type CostLine,
  type CostReport,
  LIFE_OF_AN_IMAGE,
  type Range,
  sumOf,
  sumsByArea,
} from '../../../scripts/cost/report/cost-report.ts';
import type { PageContents } from '../../../scripts/cost/report/html-page.ts';
import { medium } from '../../../scripts/cost/workloads/medium.ts';

const range = (minimum: number, typical: number, maximum: number): Range => ({ minimum, typical, maximum });

/** A line whose arithmetic is its typical amount. */
const line = (area: CostLine['area'], item: string, usd: Range): CostLine => ({
  ...{ area, item, usd, resource: `platform-prod.aws_${area.replaceAll(' ', '_')}.images` },
  quantity: { amount: 1234.5678, unit: 'units' },
  arithmetic: `1,235 units × $${(usd.typical / 1234.5678).toPrecision(3)} = $${usd.typical}`,
  prices: ['s3.standard.storage'],
});

const LINES: CostLine[] = [
  line('compute', 'worker, spot', range(26.5, 412.37, 5120)),
  line('compute', 'download, on demand', range(52.9, 52.9, 529)),
  line('storage', 'originals', range(2104.5, 2104.5, 2104.5)),
  line('storage', 'renditions', range(301.25, 301.25, 301.25)),
  line('requests', 'PUT of originals and renditions', range(0, 80.77, 900)),
  line('table', 'writes of records', range(0, 31.42, 700)),
  line('queue', 'messages', range(0, 6.1, 40)),
  line('load balancer', 'hours and LCU', range(16.43, 28.9, 220)),
  line('network', 'NAT gateways', range(65.7, 88.123, 300)),
  line('cdn', 'delivered', range(0, 940.1, 940.1)),
  line('waf', 'web ACL and requests', range(8, 31.5, 60)),
  line('logs and alarms', 'logs taken in', range(3.4, 17.75, 90)),
  line('other', 'keys, parameters', range(2.005, 2.005, 2.005)),
];

/** Two years in which half of what is stored moves on after a month, and most of that after three. */
const storageMonth = (month: number): CostReport['storage'][number] => {
  const byClass = {
    STANDARD: { gbMonths: 8000 * Math.min(month, 2), usd: 184 * Math.min(month, 2) },
    STANDARD_IA: {
      gbMonths: 7800 * Math.min(2, Math.max(0, month - 2)),
      usd: 97.5 * Math.min(2, Math.max(0, month - 2)),
    },
    GLACIER_IR: { gbMonths: 7600 * Math.max(0, month - 4), usd: 30.4 * Math.max(0, month - 4) },
  };
  const requestsUsd = month > 2 ? 31 : 0;
  return { month, byClass, requestsUsd, usd: Object.values(byClass).reduce((sum, { usd }) => sum + usd, requestsUsd) };
};

export const sampleReport: CostReport = {
  ...{ environment: 'prod', workload: 'medium', region: 'us-east-1', generated: '2026-11-30', month: 12 },
  priceBook: { oldest: '2025-06-28', newest: '2026-08-21', spot: { oldest: '2026-08-01', newest: '2026-08-20' } },
  ...{ lines: LINES, total: sumOf(LINES.map(({ usd }) => usd)), byArea: sumsByArea(LINES) },
  compute: [
    {
      service: 'worker',
      onDemand: range(52, 808.5, 10_040),
      spot: range(26.5, 412.37, 5120),
      tasks: range(1, 9.3, 100),
      instances: range(1, 4.7, 50),
      prices: ['c7g.large', 'c7g.large on spot'],
    },
    {
      service: 'download',
      onDemand: range(52.9, 52.9, 529),
      spot: range(25.1, 25.1, 251),
      tasks: range(2, 2, 20),
      prices: [],
    },
    {
      service: 'sync-upload',
      onDemand: range(52.9, 61.2, 529),
      spot: range(25.1, 30.3, 251),
      tasks: range(2, 2.4, 20),
      prices: [],
    },
  ],
  storage: Array.from({ length: 24 }, (_, index) => storageMonth(index + 1)),
  unitCosts: [
    { name: '1,000 uploads', usd: 0.0433, arithmetic: '5 requests × $0.005 for a thousand + 6 writes × $0.000625' },
    { name: 'a GB stored for a month', usd: 0.0204, arithmetic: 'the mean of the classes in month 12' },
    {
      ...{ name: LIFE_OF_AN_IMAGE, usd: 0.0037962, arithmetic: 'upload $0.0000432 + renditions $0.000131 + …' },
      parts: [
        { name: 'upload', usd: 0.0000432 },
        { name: '4 renditions', usd: 0.000131 },
        { name: '24 months of storage', usd: 0.000712 },
        { name: 'delivery', usd: 0.00291 },
      ],
    },
  ],
  cdn: {
    payAsYouGo: 940.1,
    plans: [
      { name: 'Pro', usd: 15, fits: false, why: '50 TB a month are delivered, and the plan has 50 GB.' },
      {
        name: 'Business',
        usd: 200,
        fits: false,
        why: '50 TB a month are delivered, and the plan has 50 TB for 125 M requests.',
      },
      { name: 'Premium', usd: 1000, fits: true, why: 'Both are included.' },
    ],
  },
  levers: [
    {
      change: 'Renditions expire after 90 days',
      saves: 204.6,
      risk: 'A rendition that is asked for later is made again, and the first reader waits.',
    },
    {
      change: 'No on-demand base for workers',
      saves: 96.01,
      risk: 'When no spot capacity is left, nothing is processed.',
    },
  ],
  productChanges: [
    {
      change: 'Originals go straight into Intelligent-Tiering',
      saves: 31.25,
      risk: 'The services choose the class, so that a change of the setting is for new images only.',
    },
  ],
  warnings: [
    {
      code: 'nat-per-zone',
      sentence: 'A NAT gateway in each zone costs more than the traffic between zones that it saves.',
      usd: 32.85,
    },
    {
      code: 'small-objects',
      sentence: 'Objects of less than 128 KiB are moved to a class that bills 128 KiB for each.',
      usd: 7.25,
    },
  ],
  without: [
    { resourceType: 'aws_iam_role', reason: 'Roles are free.' },
    { resourceType: 'aws_ecs_cluster', reason: 'A cluster is free; its instances are in the lines of compute.' },
  ],
};

export const samplePage: PageContents = {
  report: sampleReport,
  workload: medium,
  prices: [
    {
      ...{ name: 's3.standard.storage', per: 1, unit: 'GB-month', date: '2026-08-21' },
      tiers: [
        { from: 0, usd: 0.023 },
        { from: 51_200, usd: 0.022 },
      ],
      source: 'https://aws.amazon.com/s3/pricing/',
    },
    {
      ...{ name: 's3.standard.put', per: 1000, unit: 'request', date: '2026-08-21' },
      tiers: [{ from: 0, usd: 0.005 }],
      source: 'https://aws.amazon.com/s3/pricing/',
    },
    {
      name: 'sqs.standard.request',
      per: 1_000_000,
      unit: 'request',
      date: '2025-06-28',
      tiers: [{ from: 0, usd: 0.4 }],
      source: 'contract of 2025',
    },
  ],
};
