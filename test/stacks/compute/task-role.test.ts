import { expect } from 'chai';
import { arnsOf } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { type Permission, SERVICE_PERMISSIONS } from '../../../stacks/access/service-permissions.ts';
import { actionsMatching } from '../../../stacks/checks/access/iam-actions.ts';
import type { Arguments } from '../../support/stacks/entrance.ts';
import {
  DEPLOYMENT,
  NAMES,
  named,
  platform,
  policyOf,
  SETTINGS,
  taskDefinition,
} from '../../support/stacks/platform.ts';
import { allows, type PolicyStatement } from '../../support/stacks/policies.ts';

const withCdn = platform();
const withoutCdn = platform({ cdn: { ...SETTINGS.cdn, enabled: false } });
const ARNS = arnsOf(DEPLOYMENT);
const DISTRIBUTION = `\${aws_cloudfront_distribution.distribution.arn}`;

const resourceOf = (permission: Permission): string =>
  ({
    table: ARNS.table,
    'table-indexes': `${ARNS.table}/index/*`,
    queue: ARNS.queue,
    bucket: ARNS.bucket,
    objects: `${ARNS.bucket}/${'prefix' in permission ? permission.prefix : ''}*`,
    tasks: ARNS.tasks,
    'audit-log': ARNS['audit-log'],
    distribution: DISTRIBUTION,
  })[permission.on];

const pairsOf = (permissions: readonly Permission[]) =>
  permissions.flatMap((permission) => permission.actions.map((action) => `${action} on ${resourceOf(permission)}`));
/** What statements allow. */
const pairsIn = (statements: Arguments[]) =>
  statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action: string) => Resource.map((on: string) => `${action} on ${on}`)),
    );

/** Permissions whose absence no test with an emulated AWS would show: task protection, queries of an index, and those needed only after failures. */
const NEEDED: [service: (typeof SERVICE_NAMES)[number], action: string][] = [
  ['worker', 'ecs:UpdateTaskProtection'],
  ['worker', 'ecs:GetTaskProtection'],
  ['worker', 'sqs:ChangeMessageVisibility'],
  ['worker', 's3:AbortMultipartUpload'],
  ['download', 'dynamodb:Query'],
  ['sync-upload', 's3:AbortMultipartUpload'],
  ['async-upload', 's3:ListBucketMultipartUploads'],
  ['async-upload', 's3:ListMultipartUploadParts'],
  ['async-upload', 's3:AbortMultipartUpload'],
];

/** Permissions that would endanger originals, which cannot be made again, or expose them. */
const NEVER: typeof NEEDED = [
  ['download', 's3:DeleteObject'],
  ['download', 's3:PutObject'],
];

describe('the table of permissions', () => {
  const actionsOf = (service: (typeof NEEDED)[number][0]) =>
    SERVICE_PERMISSIONS[service].flatMap(({ actions }) => actions);

  it('includes permissions that are needed only after failures', () => {
    for (const [service, action] of NEEDED) expect(actionsOf(service), service).to.include(action);
    expect(SERVICE_PERMISSIONS.download.map(({ on }) => on)).to.include('table-indexes');
  });

  it('lets no service do more with images than it needs', () => {
    for (const [service, action] of NEVER) expect(actionsOf(service), service).to.not.include(action);
    const onOriginals = (service: ServiceName) => {
      const all: readonly Permission[] = SERVICE_PERMISSIONS[service];
      return all
        .filter((each) => 'prefix' in each && each.prefix === KEY_PREFIXES.originals)
        .flatMap(({ actions }) => actions);
    };
    expect(onOriginals('worker')).to.deep.equal(['s3:GetObject']);
    // It reads what it has received, to remove something of it, and never what is stored.
    expect(onOriginals('sync-upload')).to.not.include('s3:GetObject');
    for (const permission of Object.values(SERVICE_PERMISSIONS).flat()) {
      for (const action of permission.actions) expect(action).to.match(/^[a-z0-9]+:[A-Za-z]+$/);
      if (permission.on === 'objects') expect(Object.values(KEY_PREFIXES)).to.include(permission.prefix);
    }
  });
});

describe('the task role', () => {
  /** Every action that writes items. */
  const writes = actionsMatching('dynamodb:*')
    .filter(({ reads, keys }) => !reads && keys.includes('dynamodb:LeadingKeys'))
    .map(({ action }) => action);

  for (const service of SERVICE_NAMES) {
    it(`of ${service} may not write the switch of economy mode, whatever else it may write`, () => {
      const statements = policyOf(withCdn, NAMES.service(service)) as PolicyStatement[];
      const may = (action: string, partition: string) =>
        allows(statements, action, ARNS.table, { 'dynamodb:LeadingKeys': partition });
      const given = writes.filter((action) => may(action, 'IMAGE#1'));
      expect(given).to.include('dynamodb:UpdateItem');
      expect(given.filter((action) => may(action, 'SERVICE'))).to.deep.equal([]);
      expect(may('dynamodb:Query', 'SERVICE')).to.equal(true);
      // The Deny is for what somebody may allow one day, too.
      const wide: PolicyStatement[] = [...statements, { Effect: 'Allow', Action: 'dynamodb:*', Resource: ARNS.table }];
      const left = writes.filter((action) => allows(wide, action, ARNS.table, { 'dynamodb:LeadingKeys': 'SERVICE' }));
      expect(left).to.deep.equal([]);
    });

    it(`of ${service} has exactly the permissions of the table`, () => {
      const pairs = pairsIn(policyOf(withCdn, NAMES.service(service)));
      expect(pairs).to.have.members(pairsOf(SERVICE_PERMISSIONS[service]));
    });

    it(`of ${service} has no permission for a CDN that does not exist`, () => {
      const kept = SERVICE_PERMISSIONS[service].filter(({ on }) => on !== 'distribution');
      expect(pairsIn(policyOf(withoutCdn, NAMES.service(service)))).to.have.members(pairsOf(kept));
    });
  }
});

describe('roles', () => {
  it('can be assumed only by tasks of this account and region', () => {
    const names = SERVICE_NAMES.flatMap((service) => [NAMES.service(service), `${NAMES.service(service)}-execution`]);
    for (const name of names) {
      const [statement, ...others] = JSON.parse(named(withCdn, 'iam_role', name).assume_role_policy).Statement;
      expect(others).to.deep.equal([]);
      expect(statement).to.deep.include({
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
      });
      expect(statement.Condition).to.deep.equal({
        StringEquals: { 'aws:SourceAccount': DEPLOYMENT.accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${DEPLOYMENT.region}:${DEPLOYMENT.accountId}:*` },
      });
    }
  });
});

describe('the execution role', () => {
  for (const service of SERVICE_NAMES) {
    it(`of ${service} may pull its image, write its log and read its secrets`, () => {
      const pairs = pairsIn(policyOf(withCdn, `${NAMES.service(service)}-execution`));
      const repository = `arn:aws:ecr:${DEPLOYMENT.region}:${DEPLOYMENT.accountId}:repository/image-service/${service}`;
      const log = `arn:aws:logs:${DEPLOYMENT.region}:${DEPLOYMENT.accountId}:log-group:${NAMES.logGroup(service)}:*`;
      const secrets = {
        worker: [],
        'async-upload': ['api-keys'],
        download: ['api-keys', 'link-keys', 'origin-verify'],
      }[String(service)] ?? ['api-keys', 'link-keys'];
      expect(pairs).to.have.members([
        'ecr:GetAuthorizationToken on *',
        `ecr:BatchCheckLayerAvailability on ${repository}`,
        `ecr:BatchGetImage on ${repository}`,
        `ecr:GetDownloadUrlForLayer on ${repository}`,
        `logs:CreateLogStream on ${log}`,
        `logs:PutLogEvents on ${log}`,
        ...secrets.map((name) => `ssm:GetParameters on ${ARNS.parameter(NAMES.secretParameter(name))}`),
      ]);
    });

    it(`of ${service} and its task role are used by its task definition`, () => {
      const { task_role_arn, execution_role_arn } = taskDefinition(withCdn, service);
      const nameOf = (arn: string) => withCdn.resource.aws_iam_role?.[arn.split('.')[1] ?? '']?.name;
      expect(nameOf(task_role_arn)).to.equal(NAMES.service(service));
      expect(nameOf(execution_role_arn)).to.equal(`${NAMES.service(service)}-execution`);
    });
  }
});
