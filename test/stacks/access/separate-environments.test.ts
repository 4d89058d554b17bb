import { expect } from 'chai';
import type { Workflow } from '../../../shared/contracts/names.ts';
import { actionsMatching } from '../../../stacks/checks/access/iam-actions.ts';
import { bootstrap, workflowStatements } from '../../support/stacks/bootstrap.ts';
import { all } from '../../support/stacks/entrance.ts';
import { allows, listOf, type PolicyStatement } from '../../support/stacks/policies.ts';

/** The context of a call that creates or changes a resource of prod: both the request and the resource have the tags of prod. */
const OF_PROD = {
  'aws:RequestTag/Project': 'image-service',
  'aws:RequestTag/Environment': 'prod',
  'aws:ResourceTag/Project': 'image-service',
  'aws:ResourceTag/Environment': 'prod',
  'aws:RequestedRegion': 'eu-west-1',
  'iam:AWSServiceName': 'ecs.amazonaws.com',
  'iam:PassedToService': 'ecs-tasks.amazonaws.com',
  'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/image-service-boundary-prod',
  'kms:ViaService': 'backup.eu-west-1.amazonaws.com',
};
/** The context of a call that would give a resource of prod the tags of dev. */
const TAKEN_FROM_PROD = { ...OF_PROD, 'aws:RequestTag/Environment': 'dev' };

/** Actions that AWS cannot limit to one environment of an account, and why. Only separate accounts would. */
const SHARED: Record<string, string> = {
  'backup-storage:MountCapsule': 'knows no resource',
  'cloudfront:CreateCachePolicy': 'knows no resource',
  'cloudfront:CreateFunction': 'knows no resource',
  'cloudfront:CreateKeyGroup': 'knows no resource',
  'cloudfront:CreateOriginRequestPolicy': 'knows no resource',
  'cloudfront:CreatePublicKey': 'knows no resource',
  'cloudfront:CreateResponseHeadersPolicy': 'knows no resource',
  'cloudfront:CreateVpcOrigin': 'knows no resource',
  'cloudfront:DeleteCachePolicy':
    'policies of CloudFront have neither tags nor names in their ARNs; one that is used cannot be deleted',
  'cloudfront:DeleteKeyGroup': 'knows no resource; one that is used cannot be deleted',
  'cloudfront:DeleteOriginRequestPolicy': 'as DeleteCachePolicy',
  'cloudfront:DeletePublicKey': 'knows no resource; one that is used cannot be deleted',
  'cloudfront:DeleteResponseHeadersPolicy': 'as DeleteCachePolicy',
  'cloudfront:DeleteVpcOrigin':
    'the provider fails when it changes tags of VPC origins, so they have none; one that is used cannot be deleted',
  'cloudfront:UpdateCachePolicy': 'as DeleteCachePolicy, but for what is used',
  'cloudfront:UpdateKeyGroup': 'knows no resource',
  'cloudfront:UpdateOriginRequestPolicy': 'as UpdateCachePolicy',
  'cloudfront:UpdatePublicKey': 'knows no resource',
  'cloudfront:UpdateResponseHeadersPolicy': 'as UpdateCachePolicy',
  'cloudfront:UpdateVpcOrigin': 'as DeleteVpcOrigin, but for what is used',
  'cloudwatch:PutCompositeAlarm': 'is allowed on everything or not at all',
  'ecr:CompleteLayerUpload': 'images are for all environments',
  'ecr:InitiateLayerUpload': 'images are for all environments',
  'ecr:PutImage': 'images are for all environments, and a tag names one for ever',
  'ecr:UploadLayerPart': 'images are for all environments',
  'elasticloadbalancing:SetWebAcl': 'knows no resource; the association itself names the load balancer',
  'iam:CreateServiceLinkedRole': 'such a role is the account’s, and AWS says what it may do',
  'kms:CreateGrant': 'through AWS Backup alone, for a new vault',
  'kms:Decrypt': 'through AWS Backup alone, for a new vault',
  'kms:GenerateDataKey': 'through AWS Backup alone, for a new vault',
  'kms:RetireGrant': 'through AWS Backup alone, for a new vault',
  'logs:DeleteResourcePolicy': 'knows no resource',
  'logs:PutResourcePolicy': 'knows no resource',
  'route53:AssociateVPCWithHostedZone': 'zones have no names in their ARNs; it takes nothing away',
  'wafv2:CreateWebACL': 'AWS’s groups of rules are everybody’s; the web ACL itself has the name of its environment',
  'wafv2:UpdateWebACL': 'as CreateWebACL',
};

describe('roles of one environment', () => {
  const synthesised = bootstrap();
  const mayOf = (workflow: Workflow) => workflowStatements(synthesised, workflow);

  /** The changing actions of one role that another role may also use on the same resources. */
  const common = (one: PolicyStatement[], other: PolicyStatement[], context: Record<string, string>): string[] =>
    other
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, Resource }) => {
        const changing = listOf(Action)
          .flatMap(actionsMatching)
          .filter(({ reads }) => !reads);
        const resources = listOf(Resource).map((resource) => (resource === '*' ? '*' : resource.replaceAll('*', 'x')));
        return changing
          .map(({ action }) => action)
          .filter((action) => resources.some((resource) => allows(one, action, resource, context)));
      });

  it('change nothing of another environment, except what AWS cannot separate', () => {
    const shared = (['apply', 'deploy'] as const).flatMap((purpose) => {
      const [dev, prod] = [mayOf(`${purpose}-dev`), mayOf(`${purpose}-prod`)];
      expect(common(prod, prod, OF_PROD)).to.have.length.above(common(dev, prod, OF_PROD).length);
      return [OF_PROD, TAKEN_FROM_PROD].flatMap((context) => common(dev, prod, context));
    });
    expect([...new Set(shared)].toSorted()).to.deep.equal(Object.keys(SHARED));
  });

  it('read no state and no parameter of another environment', () => {
    const hidden = ['s3', 'ssm'].flatMap((service) =>
      actionsMatching(`${service}:*`).flatMap(({ action }) =>
        [
          'arn:aws:s3:::image-service-state-111122223333-eu-west-1/environments/prod/platform.tfstate',
          'arn:aws:ssm:eu-west-1:111122223333:parameter/image-service/prod/images/worker',
          'arn:aws:ssm:eu-west-1:111122223333:parameter/image-service/prod/secrets/origin-verify',
        ].filter((resource) => allows([...mayOf('apply-dev'), ...mayOf('deploy-dev')], action, resource, OF_PROD)),
      ),
    );
    expect(hidden).to.deep.equal([]);
  });

  it('create only roles that cannot access another environment', () => {
    const boundary = all(synthesised, 'iam_policy').find(({ name }) => name === 'image-service-boundary-dev');
    const statements: PolicyStatement[] = JSON.parse(boundary?.policy).Statement;
    expect(
      // Copies may be in any account, but there too their names contain the environment.
      statements
        .flatMap(({ Resource }) => listOf(Resource))
        .filter((resource) => /prod|(?<!-dev-replica-111122223333)-\*/.test(resource)),
    ).to.deep.equal([]);
    const copied = ['dev', 'prod'].map((environment) =>
      allows(statements, 'backup:CopyFromBackupVault', 'arn:aws:backup:eu-west-1:111122223333:recovery-point:1', {
        'backup:CopyTargets': `arn:aws:backup:eu-central-1:444455556666:backup-vault:image-service-${environment}-copies-of-111122223333`,
      }),
    );
    expect(copied).to.deep.equal([true, false]);
    expect(
      allows(statements, 'dynamodb:GetItem', 'arn:aws:dynamodb:eu-west-1:111122223333:table/image-service-dev-images'),
    ).to.equal(true);
  });
});
