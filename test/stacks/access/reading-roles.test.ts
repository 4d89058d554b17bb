import { expect } from 'chai';
import type { Workflow } from '../../../shared/contracts/names.ts';
import { actionsMatching } from '../../../stacks/checks/access/iam-actions.ts';
import { stateKey } from '../../../stacks/foundation/state-backend.ts';
import { bootstrap, STATE_BUCKET, trustOf, WORKFLOWS, workflowStatements } from '../../support/stacks/bootstrap.ts';
import { allows, listOf } from '../../support/stacks/policies.ts';

const IMAGES = 'arn:aws:s3:::image-service-prod-images-111122223333';
const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
const parameter = (name: string) => regional('ssm', `parameter/image-service/${name}`);

/** Resources with images, their names, their users, or access to the service, each with the AWS service by which it is reached. */
const HIDDEN: [service: string, what: string, resource: string][] = [
  ['s3', 'an image', `${IMAGES}/originals/x`],
  ['s3', 'the list of images', IMAGES],
  ['s3', 'a log', 'arn:aws:s3:::image-service-prod-logs-111122223333/cdn/x'],
  ['s3', 'the state of the bootstrap', `${STATE_BUCKET}/bootstrap.tfstate`],
  ['dynamodb', 'a record', regional('dynamodb', 'table/image-service-prod-images')],
  ['dynamodb', 'the list of records', regional('dynamodb', 'table/image-service-prod-images/index/list')],
  ['sqs', 'a message', regional('sqs', 'image-service-prod-processing')],
  ['ssm', 'the keys of the API', parameter('prod/secrets/api-keys')],
  ['ssm', 'the keys of links', parameter('dev/secrets/link-keys')],
  ['ssm', 'all parameters', parameter('')],
  ['kms', 'a key', regional('kms', 'key/1')],
  ['ecr', 'an image to run', regional('ecr', 'repository/image-service/worker')],
  ['sts', 'another role', 'arn:aws:iam::111122223333:role/image-service-prod-worker'],
];

/** Only the plan of main may read these: the CDN's secret is in its environment's state, in listener rules and in the distribution. */
const SECRET_OF_CDN: typeof HIDDEN = [
  ['ssm', 'the secret of the CDN', parameter('prod/secrets/origin-verify')],
  ['s3', 'the state of an environment with a CDN', `${STATE_BUCKET}/${stateKey('prod', 'platform')}`],
  ['cloudfront', 'a distribution', 'arn:aws:cloudfront::111122223333:distribution/E1'],
  ['elasticloadbalancing', 'a listener rule', '*'],
  ['wafv2', 'a web ACL', regional('wafv2', 'regional/webacl/image-service-prod/1')],
];

describe('roles that only read', () => {
  const synthesised = bootstrap();
  const statementsOf = (workflow: Workflow) => workflowStatements(synthesised, workflow);
  /** The actions of a service that a role may use on a resource. */
  const allowedOn = (workflow: Workflow, service: string, resource: string): string[] =>
    actionsMatching(`${service}:*`)
      .map(({ action }) => action)
      .filter((action) => allows(statementsOf(workflow), action, resource));

  for (const [service, what, resource] of HIDDEN)
    for (const workflow of ['preview', 'plan'] as const)
      it(`hide ${what} from ${workflow}`, () => {
        expect(actionsMatching(`${service}:*`)).to.not.be.empty;
        expect(allowedOn(workflow, service, resource)).to.deep.equal([]);
      });

  for (const [service, what, resource] of SECRET_OF_CDN)
    it(`hide ${what} from preview`, () => {
      expect(allowedOn('preview', service, resource)).to.deep.equal([]);
    });

  it('let a pull request assume only one role', () => {
    const taken = WORKFLOWS.filter((workflow) =>
      JSON.stringify(trustOf(synthesised, workflow)).includes('pull_request'),
    );
    expect(taken).to.deep.equal(['preview']);
  });

  it('name a resource in every statement, even if pull requests are compared with no environment', () => {
    const alone = workflowStatements(bootstrap({ previewEnvironments: [] }), 'preview');
    expect(alone.filter(({ Resource }) => listOf(Resource).length === 0)).to.deep.equal([]);
    expect(allows(alone, 's3:ListBucket', STATE_BUCKET)).to.equal(true);
    expect(allows(alone, 's3:GetObject', `${STATE_BUCKET}/${stateKey('dev', 'platform')}`)).to.equal(false);
  });

  it('let main write only the lock of a state', () => {
    const writing = statementsOf('plan').flatMap(({ Action, Resource }) =>
      listOf(Action)
        .flatMap(actionsMatching)
        .filter(({ reads }) => !reads)
        .flatMap(({ action }) => listOf(Resource).map((resource) => `${action} on ${resource}`)),
    );
    const locks = `${STATE_BUCKET}/environments/*.tflock`;
    expect(writing).to.have.members([`s3:PutObject on ${locks}`, `s3:DeleteObject on ${locks}`]);
  });

  it('let main read only one secret, that of the CDN, without which it cannot compare listener rules', () => {
    const secrets = statementsOf('plan')
      .flatMap(({ Resource }) => listOf(Resource))
      .filter((resource) => resource.includes(':parameter/'));
    expect(secrets).to.deep.equal([parameter('*/images/*'), parameter('*/secrets/origin-verify')]);
    expect(
      statementsOf('plan')
        .flatMap(({ Action }) => listOf(Action))
        .join(),
    ).to.not.match(/secretsmanager|kms/);
  });
});
