import { type Mistake, setting } from './mistake.ts';

export const SETTINGS_MISTAKES: Mistake[] = [
  ['capitals in the name', 'IMG-SET-001', setting('name', 'Production')],
  ['an account of three digits', 'IMG-SET-002', setting('accountId', '123')],
  ['a region that is none', 'IMG-SET-002', setting('region', 'europe')],
  ['more workers than instances hold', 'IMG-SET-003', setting('workers.maxInstances', 10)],
  ['more tasks of a service than instances hold', 'IMG-SET-003', setting('services.download.maxTasks', 400)],
  ['a base beyond the maximum', 'IMG-SET-004', setting('workers.onDemandBase', 50)],
  ['120 percent on demand', 'IMG-SET-004', setting('workers.onDemandPercent', 120)],
  ['a wait below the work', 'IMG-SET-005', setting('workers.acceptableLatencySeconds', 0.1)],
  ['work that takes no time', 'IMG-SET-005', setting('workers.secondsPerMessage', 0)],
  ['one task for everybody', 'IMG-SET-006', setting('services.download.minTasks', 1)],
  ['an entrance of nobody', 'IMG-SET-007', setting('cdn.vpcOrigin', true), setting('cdn.enabled', false)],
  ['a certificate without a name', 'IMG-SET-008', setting('loadBalancer.domainName', undefined)],
  ['HTTP in production', 'IMG-SET-009', setting('loadBalancer.allowHttp', true)],
  ['alarms for nobody', 'IMG-SET-010', setting('observability.alarmEmails', [])],
  ['one NAT gateway in production', 'IMG-SET-011', setting('network.egress', 'nat-single')],
  ['a network too large', 'IMG-SET-012', setting('network.cidr', '10.0.0.0/8')],
  ['a network of somebody else', 'IMG-SET-012', setting('network.cidr', '8.8.0.0/16')],
  ['no budget', 'IMG-SET-013', setting('observability.monthlyBudget', 0)],
  ['logs for 45 days', 'IMG-SET-014', setting('observability.logDays', 45)],
  ['signatures that nobody checks', 'IMG-SET-015', setting('cdn.enabled', false), setting('cdn.signedUrlKeys', ['x'])],
];
