import { APP, arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { allow, type Statement } from './policy-document.ts';

const PUSH = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:DescribeImageScanFindings',
  'ecr:DescribeImages',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/**
 * What bringing out containers in one environment may do: push images, say by their digests which are to run there, and watch the services. It
 * starts nothing itself: `apply` reads the digests, so that task definitions have one writer, and going back is writing the digest from before.
 * Images are for all environments; a tag names one for ever, so that none can be put in the place of what another runs.
 */
export function deployStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { imageParameter } = namesOf(deployment);
  const { parameter, service, tasks } = arnsOf(deployment);
  return [
    allow('ecr:GetAuthorizationToken', '*'),
    allow(PUSH, `arn:aws:ecr:${region}:${accountId}:repository/${APP}/*`),
    allow(
      ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters', 'ssm:PutParameter'],
      parameter(imageParameter('*')),
    ),
    allow(['ecs:DescribeServices', 'ecs:DescribeTasks'], [service('*'), tasks]),
  ];
}
