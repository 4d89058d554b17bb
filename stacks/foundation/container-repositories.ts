import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js';
import type { Construct } from 'constructs';
import { accountNames } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import type { Account } from './account.ts';

/**
 * Images of all environments, at $0.10 a GB and month; they share most of their layers. Instances come and go on spot and pull again each
 * time, so what runs must still be among them: prod's too after 500 pushes for dev.
 */
const KEPT_IMAGES = 500;

/** Days that images without a tag are kept: builds that did not end, for somebody to look at. */
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

/** One repository for each service, for all environments: what was tested in one is what runs in the next, by its digest. */
export function createContainerRepositories(scope: Construct, account: Account): void {
  for (const service of SERVICE_NAMES) {
    const repository = new EcrRepository(scope, `repository-${service}`, {
      name: accountNames(account).repository(service),
      // A tag names one image for ever: nobody can push another in its place.
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
