import { type Mistake, setting } from './mistake.ts';

/** Values that are allowed but hardly intended, some from a review and some from public incidents. */
const IMPLAUSIBLE: [path: string, value: unknown][] = [
  ['workers.secondsPerMessage', 20],
  ['services.download.requestsPerTaskPerMinute', 24],
  ['workers.maxInstances', 400],
  ['storage.maxWriteUnits', 4],
  ['observability.monthlyBudget', 1_500_000],
  ['loadBalancer.waf.requestsPerFiveMinutes', 20],
];

const why = 'as agreed with finance in May';

export const RANGE_MISTAKES: Mistake[] = [
  ...IMPLAUSIBLE.map(
    ([path, value]): Mistake => [`${path} of ${JSON.stringify(value)}`, 'IMG-RNG-001', setting(path, value)],
  ),
  ['metadata that stays in public originals', 'IMG-RNG-001', setting('api.originalMetadata', 'keep')],
  [
    'an acknowledgement of metadata that does not stay',
    'IMG-RNG-002',
    setting('acknowledged', { 'api.originalMetadata': why }),
  ],
  ['400 workers', 'IMG-RNG-001', setting('workers.maxTasks', 400), setting('workers.maxInstances', 400)],
  ['an acknowledgement that is not needed', 'IMG-RNG-002', setting('acknowledged', { 'workers.maxInstances': why })],
  ['an acknowledgement of an unknown setting', 'IMG-RNG-002', setting('acknowledged', { 'workers.maxInstance': why })],
  [
    'an acknowledgement without a reason',
    'IMG-RNG-002',
    setting('workers.maxInstances', 400),
    setting('acknowledged', { 'workers.maxInstances': 'ok' }),
  ],
];
