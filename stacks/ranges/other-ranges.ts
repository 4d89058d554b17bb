import { dollars, gbMonth, unitsMonth } from './prices.ts';
import type { Range } from './range.ts';

const LOGS = 'https://aws.amazon.com/cloudwatch/pricing/ ($0.50 a GB for writing, $0.03 a GB and month for keeping)';
const S3 = 'https://aws.amazon.com/s3/pricing/';
const TABLE = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';

/** The writes of an upload: its record, the claims of its parts, and its completion. */
const WRITES_AN_UPLOAD = 5;

/** The ranges for network, load balancer, storage and observability. */
export const OTHER_RANGES: Range[] = [
  {
    setting: 'network.flowLogDays',
    least: 3,
    most: 90,
    orNone: true,
    low: () => 'records of a Friday are deleted before anybody looks on Monday',
    high: (days) =>
      `each GB costs ${dollars(0.5 + (0.03 * days) / 30)} until it is deleted, and nobody looks that far back`,
    source: LOGS,
  },
  {
    setting: 'loadBalancer.idleTimeoutSeconds',
    least: 35,
    most: 60,
    low: (seconds) => `an answer to \`Prefer: wait=30\`, which may take 30 s, is cut off after ${seconds} s with a 504`,
    high: () => 'clients get 502, because the services close idle connections after 65 s',
    source: 'shared/contracts/services.ts and docs/downloading.md',
  },
  {
    setting: 'loadBalancer.waf.requestsPerFiveMinutes',
    least: 500,
    most: 20_000,
    low: (requests) =>
      `one address may send a request every ${(300 / requests).toFixed(1)} s, and gets 429 for further ones, but an upload of 500 MB in parts of 5 MiB is 100 requests, and a whole office is one address`,
    high: (requests, { services: { download } }) =>
      `one address may keep ${Math.ceil(requests / 5 / download.requestsPerTaskPerMinute)} download tasks busy by itself`,
    source: 'https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html',
  },
  {
    setting: 'storage.abortMultipartDays',
    least: 4,
    most: 14,
    low: (days) => `an upload, which may take three days, loses its parts after ${days} days`,
    high: (days) =>
      `each TB of abandoned parts costs ${dollars((gbMonth('s3.standard.storage', 1000) * days) / 30)} until it is deleted`,
    source: S3,
  },
  {
    setting: 'storage.originalsTierDays',
    least: 0,
    most: 180,
    high: (days) => `each TB costs $23 a month for the first ${days} days, instead of $12.50 in the tier`,
    source: S3,
  },
  {
    setting: 'storage.originalsGlacierDays',
    least: 60,
    most: 1825,
    orNone: true,
    low: () =>
      `images move to Glacier while many of them are still read, and one read of a TB costs $30, although keeping it there saves only $19 a month`,
    high: (days) => `no original moves to Glacier for ${Math.round(days / 365)} years`,
    source: S3,
  },
  {
    setting: 'storage.renditionsExpireDays',
    least: 7,
    most: 730,
    orNone: true,
    low: () => `a worker makes a rendition that is requested once a week again for each request`,
    high: (days) =>
      `a TB of renditions that nobody requests costs ${dollars((gbMonth('s3.standard.storage', 1000) * days) / 30)} until it is deleted`,
    source: S3,
  },
  {
    setting: 'storage.noncurrentDays',
    least: 1,
    most: 90,
    low: () => 'images deleted by mistake cannot be restored',
    high: (days) => `what users delete is kept for ${days} days, which they may not expect and laws may forbid`,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html',
  },
  {
    setting: 'storage.maxReadUnits',
    least: 100,
    most: 40_000,
    low: (units) => `all clients together can read ${units * 2} records a second, and the rest is refused`,
    high: (units) =>
      `an endless loop costs ${dollars(unitsMonth('read', units))} in a month, and an account's own limit is 40,000`,
    source: TABLE,
  },
  {
    setting: 'storage.maxWriteUnits',
    least: 100,
    most: 20_000,
    low: (units) =>
      `an upload writes about ${WRITES_AN_UPLOAD} times, so all clients together can make ${(units / WRITES_AN_UPLOAD).toFixed(1)} uploads a second, and the rest is refused`,
    high: (units) => `an endless loop costs ${dollars(unitsMonth('write', units))} in a month`,
    source: TABLE,
  },
  {
    setting: 'observability.logDays',
    least: 7,
    most: 400,
    low: (days) => `logs of a failure before a holiday are deleted after ${days} days`,
    high: (days) =>
      `each GB costs ${dollars(0.5 + (0.03 * days) / 30)} until it is deleted, and it contains addresses of clients`,
    source: LOGS,
  },
  {
    setting: 'observability.auditDays',
    least: 30,
    most: 1100,
    low: (days) => `who has deleted an image can no longer be told after ${days} days`,
    high: (days) => `addresses of clients are kept for ${Math.round(days / 365)} years, which laws may forbid`,
    source: LOGS,
  },
  {
    setting: 'observability.monthlyBudget',
    least: 50,
    most: 20_000,
    low: () => 'a load balancer and a NAT gateway alone cost $50, so the alarm goes off every month and is ignored',
    high: (budget) =>
      `nobody is notified before ${dollars(budget * 0.8)} are spent, or of a day that costs too much by less than ${dollars(budget / 10)}`,
    source: 'stacks/observability/budget.ts, which notifies at 80 % and at a tenth',
  },
];
