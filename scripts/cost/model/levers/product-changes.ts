import type { Lever } from '../../report/cost-report.ts';
import type { ModelInput } from '../context.ts';
import { PRODUCT, type Product } from '../product.ts';
import type { AwsCall } from '../requests-per-operation.ts';
import type { Priced } from '../unit-prices.ts';
import { provisionedWarnings } from '../warnings/provisioned-warnings.ts';
import { onSpot } from './compute-levers.ts';
import { editEach, forgetCdn, type LeverRow, withStacks } from './lever.ts';

/** The time for which edges would keep copies by content without asking, if nothing told them of deletions. */
const EDGE_SECONDS = 3600;

const withProduct = (input: ModelInput, changes: Partial<Product>): ModelInput => ({
  ...input,
  product: { ...(input.product ?? PRODUCT), ...changes },
});

const shortLivedCopies: LeverRow['apply'] = (input) => {
  const silent = withStacks(input, ({ platform }) => forgetCdn(platform));
  const { edgeSeconds } = input.product ?? PRODUCT;
  return silent && withProduct(silent, { edgeSeconds: { ...edgeSeconds, byContent: EDGE_SECONDS } });
};

const isOfQueued = (call: AwsCall): boolean =>
  call.service === 'dynamodb' && 'writes' in call && call.writes === 'queued rendition';

/** The record says what is asked for, and SQS with each message how often it was received: a rendition is written once, when it is ready. */
const writtenWhenReady: LeverRow['apply'] = (input) => {
  const { calls } = input.product ?? PRODUCT;
  const kept = Object.entries(calls).map(([operation, all]) => [operation, all.filter((call) => !isOfQueued(call))]);
  return withProduct(input, { calls: Object.fromEntries(kept) as Product['calls'] });
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
    change: 'Write each rendition to the table once, when it is ready, instead of also when it is asked for and begun',
    risk: 'Attempts are counted for a message and not for each rendition, so that one that ends its process takes those of all others in it.',
    apply: writtenWhenReady,
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
