import type { Lever } from '../../report/cost-report.ts';
import type { ModelInput } from '../context.ts';
import { PRODUCT, type Product } from '../product.ts';
import type { AwsCall, Operation } from '../requests-per-operation.ts';
import type { Priced } from '../unit-prices.ts';
import { provisionedWarnings } from '../warnings/provisioned-warnings.ts';
import { onSpot } from './compute-levers.ts';
import { editEach, forgetCdn, type LeverRow, withStacks } from './lever.ts';

/** The time for which edges would keep copies without asking, if nothing told them of deletions. */
const EDGE_SECONDS = 3600;

const withProduct = (input: ModelInput, changes: Partial<Product>): ModelInput => ({
  ...input,
  product: { ...(input.product ?? PRODUCT), ...changes },
});

const shortLivedCopies: LeverRow['apply'] = (input) => {
  const silent = withStacks(input, ({ platform }) => forgetCdn(platform));
  return silent && withProduct(silent, { edgeSeconds: EDGE_SECONDS });
};

const isAttempt = (call: AwsCall): boolean =>
  call.service === 'dynamodb' && 'writes' in call && call.api === 'UpdateItem' && call.writes === 'queued rendition';

/** Attempts are counted by SQS, which says with each message how often it was received. */
const attemptsBySqs: LeverRow['apply'] = (input) => {
  const { calls } = input.product ?? PRODUCT;
  const without = (operation: Operation) => calls[operation].filter((call) => !isAttempt(call));
  return withProduct(input, {
    calls: {
      ...calls,
      processUpload: without('processUpload'),
      processRendition: without('processRendition'),
    },
  });
};

const withOneFewer: LeverRow['apply'] = (input) => {
  const [first, ...others] = input.workload.renditions.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds);
  return first && others.length > 0 ? { ...input, workload: { ...input.workload, renditions: others } } : undefined;
};

const onFargateSpot: LeverRow['apply'] = (input) =>
  withStacks(input, ({ platform }) =>
    editEach(platform, 'aws_ecs_service', ({ capacity_provider_strategy: [strategy] }) => {
      if (strategy.capacity_provider !== 'FARGATE') return false;
      strategy.capacity_provider = 'FARGATE_SPOT';
      return true;
    }),
  );

/** What no setting can do today: each is the whole model again, with the product changed. */
export const PRODUCT_CHANGES: readonly LeverRow[] = [
  {
    change: `Let edges keep images for ${EDGE_SECONDS / 60} minutes and then ask again, instead of invalidating each deleted one`,
    risk: `What was deleted is served to those who know its URL for up to ${EDGE_SECONDS / 60} minutes, and the services answer more requests, most of them by 304. Their part is counted.`,
    apply: shortLivedCopies,
  },
  {
    change:
      'Upload originals straight into Intelligent-Tiering, by a header of the request, instead of moving them by a rule',
    risk: 'The class is chosen by the services then, so that a change of storage.originalsTier is for new images only.',
    apply: (input) => withProduct(input, { originalsWrittenInto: 'INTELLIGENT_TIERING' }),
  },
  {
    change: 'Count attempts by the receives that SQS reports, instead of a write to the table for each rendition',
    risk: 'A rendition that ends its process takes the attempts of all others in its message.',
    apply: attemptsBySqs,
  },
  {
    change: 'Make one rendition fewer for each upload',
    risk: 'Clients that used it scale a larger one, or wait until it is made on request.',
    apply: withOneFewer,
  },
  {
    change: 'Run the instances of the APIs on spot',
    risk: 'Two minutes after a notice an instance is gone, with the uploads and downloads that take longer.',
    apply: onSpot((name) => !name.startsWith('worker')),
  },
  {
    change: 'Run the tasks on Fargate Spot',
    risk: 'Two minutes after a notice a task is gone, and there may be no capacity for another.',
    apply: onFargateSpot,
  },
];

/** Another way to pay for the table: what it saves is what its warning says. */
export const provisionedTable = (priced: Priced): Lever[] =>
  provisionedWarnings(priced).map(({ usd }) => ({
    change: 'Provision the capacity of the table instead of paying on demand',
    saves: usd,
    risk: 'Bursts beyond what is provisioned are refused until it has grown.',
  }));
