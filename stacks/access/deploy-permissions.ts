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
 * The permissions to deploy containers in one environment: pushing images, and writing the digests of those that are to run. This role starts
 * nothing itself: `apply` reads the digests, so that task definitions have one writer. Images are shared by all environments; tags are immutable, so no image can replace one that another environment runs.
 */
export function deployStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { imageParameter } = namesOf(deployment);
  const { parameter } = arnsOf(deployment);
  return [
    allow('ecr:GetAuthorizationToken', '*'),
    allow(PUSH, `arn:aws:ecr:${region}:${accountId}:repository/${APP}/*`),
    allow(['ssm:GetParameters', 'ssm:PutParameter'], parameter(imageParameter('*'))),
  ];
}
