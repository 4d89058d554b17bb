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
 * The permissions to deploy containers in one environment: pushing images, writing the digests of those that are to run, and watching the
 * services. This role starts nothing itself: `apply` reads the digests, so that task definitions have one writer, and a rollback is writing the
 * previous digest. Images are shared by all environments; tags are immutable, so no image can replace one that another environment runs.
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
