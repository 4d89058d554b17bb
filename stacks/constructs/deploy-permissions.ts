import { APP } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import type { Statement } from './policy-document.ts';

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
 * What bringing out containers may do: push images, say by their digests which are to run, and watch the services. It starts nothing
 * itself: `apply` reads the digests, so that task definitions have one writer, and going back is writing the digest from before.
 */
export function deployStatements({ accountId, region }: Account): Statement[] {
  const regional = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const digests = regional('ssm', `parameter/${APP}/*/images/*`);
  const services = [regional('ecs', `service/${APP}-*`), regional('ecs', `task/${APP}-*`)];
  return [
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    { Effect: 'Allow', Action: PUSH, Resource: regional('ecr', `repository/${APP}/*`) },
    {
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters', 'ssm:PutParameter'],
      Resource: digests,
    },
    { Effect: 'Allow', Action: ['ecs:DescribeServices', 'ecs:DescribeTasks'], Resource: services },
  ];
}
