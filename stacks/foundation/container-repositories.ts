import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js';
import type { Construct } from 'constructs';
import { accountNames } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import type { Account } from './account.ts';

/**
 * The number of images kept for all environments, at $0.10 a GB and month; they share most of their layers. Spot instances come and go and pull
 * images again each time, so a running image must still be there: prod's too, even after many pushes for dev.
 */
const KEPT_IMAGES = 500;

/** Days that untagged images are kept. They come from builds that did not finish, which somebody may want to look at. */
const UNTAGGED_DAYS = 7;

const expire = (rulePriority: number, description: string, selection: object) => ({
  rulePriority,
  description,
  selection,
  action: { type: 'expire' },
});

const LIFECYCLE = {
  rules: [
    expire(1, 'builds that did not end', {
      tagStatus: 'untagged',
      countType: 'sinceImagePushed',
      countUnit: 'days',
      countNumber: UNTAGGED_DAYS,
    }),
    expire(2, 'images that nobody goes back to', {
      tagStatus: 'tagged',
      tagPatternList: ['*'],
      countType: 'imageCountMoreThan',
      countNumber: KEPT_IMAGES,
    }),
  ],
};

/** Creates one repository per service for all environments, so that the image tested in one environment runs in the next, by its digest. */
export function createContainerRepositories(scope: Construct, account: Account): void {
  for (const service of SERVICE_NAMES) {
    const repository = new EcrRepository(scope, `repository-${service}`, {
      name: accountNames(account).repository(service),
      // Nobody can push another image under an existing tag.
      imageTagMutability: 'IMMUTABLE',
      // Basic scanning is free.
      imageScanningConfiguration: { scanOnPush: true },
    });
    new EcrLifecyclePolicy(scope, `repository-${service}-lifecycle`, {
      repository: repository.name,
      policy: JSON.stringify(LIFECYCLE),
    });
  }
}
