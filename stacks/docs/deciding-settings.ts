import type { EnvironmentSettings } from '../environments/settings.ts';

/** A setting that decides the bill, and a step in one direction. */
export interface DecidingSetting {
  /** The paths that the step changes; the first names the row. */
  settings: readonly [string, ...string[]];
  /** In words for people who read no code. */
  does: string;
  /** Changes a copy of an environment's settings; nothing where there is no such step, because it is done already. */
  step: (settings: EnvironmentSettings) => void;
  /** What the step risks or takes away. */
  risks: string;
  decides: string;
}

const fewer = (count: number, least: number): number => Math.max(Math.min(count, least), count - 1);
const half = (count: number): number => Math.ceil(count / 2);

const ENGINEERING = 'engineering';
const WITH_FINANCE = 'engineering, with finance';
const SECURITY = 'security';
const PRODUCT = 'product, with finance';

const COMPUTE: readonly DecidingSetting[] = [
  {
    settings: ['services.sync-upload.minTasks'],
    does: 'How many copies of the service that takes uploads always run',
    step: ({ services }) => {
      services['sync-upload'].minTasks = fewer(services['sync-upload'].minTasks, 1);
    },
    risks: 'With one, the loss of a zone stops uploads for a minute or two.',
    decides: ENGINEERING,
  },
  {
    settings: ['services.download.minTasks', 'services.download.capacity.minInstances'],
    does: 'How many copies of the service that sends images always run, and on how many machines',
    step: ({ services: { download } }) => {
      download.minTasks = fewer(download.minTasks, 1);
      if (download.capacity.kind === 'ec2') download.capacity.minInstances = fewer(download.capacity.minInstances, 1);
    },
    risks: 'With one machine, the loss of a zone stops downloads that the CDN does not have.',
    decides: ENGINEERING,
  },
  {
    settings: ['services.sync-upload.maxTasks'],
    does: 'How many copies may run when many upload; the limit of what a flood of uploads costs',
    step: ({ services }) => {
      services['sync-upload'].maxTasks = half(services['sync-upload'].maxTasks);
    },
    risks: 'Uploads above that are slow or refused.',
    decides: WITH_FINANCE,
  },
  {
    settings: ['workers.minTasks'],
    does: 'How many workers wait for images',
    step: ({ workers }) => {
      workers.minTasks = fewer(workers.minTasks, 0);
    },
    risks: 'After a quiet hour the first images wait until more workers have started.',
    decides: ENGINEERING,
  },
  {
    settings: ['workers.maxInstances', 'workers.maxTasks'],
    does: 'How many machines workers may use; the limit of what processing costs',
    step: ({ workers }) => {
      workers.maxInstances = half(workers.maxInstances);
      workers.maxTasks = half(workers.maxTasks);
    },
    risks: 'Images wait longer when many are uploaded at once.',
    decides: WITH_FINANCE,
  },
  {
    settings: ['workers.onDemandBase'],
    does: 'How many of the workers’ machines are bought at the full price, which AWS does not take away; the others are spot',
    step: ({ workers }) => {
      workers.onDemandBase = fewer(workers.onDemandBase, 0);
    },
    risks: 'With none, no image is processed while AWS has no spot machines.',
    decides: WITH_FINANCE,
  },
  {
    settings: ['workers.onDemandPercent'],
    does: 'How much of what comes on top of that is bought at the full price',
    step: ({ workers }) => {
      workers.onDemandPercent = Math.min(100, workers.onDemandPercent + 10);
    },
    risks: 'Costs more, for fewer interruptions.',
    decides: WITH_FINANCE,
  },
  {
    settings: ['workers.instanceTypes', 'workers.architecture'],
    does: 'The types of the workers’ machines; the step is to AWS’s own processors',
    step: ({ workers }) => {
      workers.instanceTypes = ['c6g.xlarge', 'c7g.xlarge', 'c8g.xlarge'];
      workers.architecture = 'arm64';
    },
    risks: 'Three types instead of six: AWS is without spot machines more often. Their speed must be measured first.',
    decides: ENGINEERING,
  },
];

const STORAGE: readonly DecidingSetting[] = [
  {
    settings: ['storage.originalsTier'],
    does: 'Whether S3 moves originals that nobody reads to cheaper storage',
    step: ({ storage }) => {
      storage.originalsTier = 'none';
    },
    risks: 'Originals stay at the full price for ever.',
    decides: WITH_FINANCE,
  },
  {
    settings: ['storage.originalsGlacierDays'],
    does: 'After how many days originals move to an archive; 0 is never',
    step: ({ storage }) => {
      storage.originalsGlacierDays = 180;
    },
    risks: 'Each read from the archive is paid for, and what is deleted within 90 days is paid for all the same.',
    decides: WITH_FINANCE,
  },
  {
    settings: ['storage.renditionsExpireDays'],
    does: 'After how many days the made sizes of an image are removed; they are made again when asked for',
    step: ({ storage }) => {
      storage.renditionsExpireDays = 30;
    },
    risks: 'Whoever asks for an old one waits some seconds while it is made again.',
    decides: PRODUCT,
  },
  {
    settings: ['storage.noncurrentDays'],
    does: 'For how many days something deleted can be brought back',
    step: ({ storage }) => {
      storage.noncurrentDays = 7;
    },
    risks: 'A mistake that is noticed after a week cannot be undone.',
    decides: PRODUCT,
  },
  {
    settings: ['storage.accessLogs'],
    does: 'Whether a record is kept of every read of storage',
    step: ({ storage }) => {
      storage.accessLogs = false;
    },
    risks: 'After an incident nobody can say who read what.',
    decides: SECURITY,
  },
  {
    settings: ['storage.maxWriteUnits'],
    does: 'How many writes a second the table of images takes; the limit of what a flood of requests costs',
    step: ({ storage }) => {
      storage.maxWriteUnits = half(storage.maxWriteUnits);
    },
    risks: 'Above it, uploads are refused until there are fewer.',
    decides: WITH_FINANCE,
  },
];

const EDGE: readonly DecidingSetting[] = [
  {
    settings: ['cdn.enabled'],
    does: 'Whether images reach people through CloudFront, which keeps copies near them',
    step: ({ cdn }) => {
      cdn.enabled = false;
    },
    risks: 'Images load more slowly, and every read reaches the services.',
    decides: PRODUCT,
  },
  {
    settings: ['cdn.originShield'],
    does: 'One more cache between CloudFront and the services',
    step: ({ cdn }) => {
      cdn.originShield = false;
    },
    risks: 'The services send the same image several times.',
    decides: ENGINEERING,
  },
  {
    settings: ['cdn.waf'],
    does: 'A firewall in front of CloudFront, paid for by the request',
    step: ({ cdn }) => {
      cdn.waf = false;
    },
    risks: 'Nothing keeps a flood of requests off CloudFront’s bill.',
    decides: SECURITY,
  },
  {
    settings: ['cdn.accessLogs'],
    does: 'Whether a record is kept of every request to CloudFront',
    step: ({ cdn }) => {
      cdn.accessLogs = false;
    },
    risks: 'After an incident nobody can say who read what.',
    decides: SECURITY,
  },
  {
    settings: ['loadBalancer.waf.enabled'],
    does: 'A firewall in front of the services',
    step: ({ loadBalancer }) => {
      loadBalancer.waf.enabled = false;
    },
    risks: 'One address may send as many requests as it likes.',
    decides: SECURITY,
  },
];

const NETWORK: readonly DecidingSetting[] = [
  {
    settings: ['network.egress', 'network.natZone'],
    does: 'How services reach AWS: by a gateway in each zone, or by one for all',
    step: ({ network }) => {
      Object.assign(network, { egress: 'nat-single', natZone: network.zones[0] });
    },
    risks: 'When the zone of the one gateway fails, all processing stops.',
    decides: ENGINEERING,
  },
  {
    settings: ['network.zones'],
    does: 'In how many of AWS’s data centres everything runs',
    step: ({ network }) => {
      const given = network.zones.findLast((zone) => zone !== network.natZone);
      // A load balancer needs two.
      if (network.zones.length > 2) network.zones = network.zones.filter((zone) => zone !== given);
    },
    risks: 'The loss of one takes half of the capacity instead of a third.',
    decides: ENGINEERING,
  },
  {
    settings: ['network.isolatedWorkers'],
    does: 'Whether workers, which open files of strangers, can send only to AWS',
    step: ({ network }) => {
      network.isolatedWorkers = true;
    },
    risks: 'Costs more; it makes the theft of images by a malicious file harder.',
    decides: SECURITY,
  },
];

const WATCHING: readonly DecidingSetting[] = [
  {
    settings: ['observability.logDays'],
    does: 'For how many days logs are kept',
    step: ({ observability }) => {
      observability.logDays = 30;
    },
    risks: 'What is looked into after a month has left no trace.',
    decides: ENGINEERING,
  },
  {
    settings: ['observability.monthlyBudget'],
    does: 'The sum at which an alarm is sent; by itself it limits nothing',
    step: ({ observability }) => {
      observability.monthlyBudget += 500;
    },
    risks: 'A mistake that costs money is noticed later.',
    decides: 'finance',
  },
  {
    settings: ['observability.economyMode'],
    does: 'Whether spending the budget switches economy mode on: from then on less is made, and with less effort ([what it lowers](operating.md#economy-mode))',
    step: ({ observability }) => {
      observability.economyMode = 'at-budget';
    },
    risks:
      'Images that are made until the end of the month are larger, AVIF is offered to nobody, and they wait longer when many are uploaded.',
    decides: PRODUCT,
  },
];

/** What decides the bill, by area, as docs/finance.md shows it. */
export const DECIDING_SETTINGS: Readonly<Record<string, readonly DecidingSetting[]>> = {
  'Machines and tasks': COMPUTE,
  Storage: STORAGE,
  'CDN and firewalls': EDGE,
  Network: NETWORK,
  'Logs and alarms': WATCHING,
};
