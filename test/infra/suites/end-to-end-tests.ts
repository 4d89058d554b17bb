import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import sharp from 'sharp';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import type { Purge } from '../../../shared/contracts/api/deletion-view.ts';
import { auditLineSchema } from '../../../shared/contracts/audit.ts';
import { type Deployment, namesOf } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import type { AuditLine } from '../../../shared/domain/audit-line.ts';
import { SERVICE_PERMISSIONS } from '../../../stacks/access/service-permissions.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { eventually } from '../../support/eventually.ts';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { as, OWNER_ISSUERS } from '../../support/services/owners.ts';
import { wholeServiceTests } from '../../support/services/whole-service-tests.ts';
import { type AppliedServices, startApplied } from '../applied/applied-services.ts';
import type { AppliedStacks } from '../applied/applied-stacks.ts';
import { readTask } from '../applied/applied-tasks.ts';
import { aws } from '../aws-cli.ts';
import { readEndpoints } from '../iam/policy.ts';
import { API_KEY } from '../prerequisites.ts';

/**
 * Rights that are not used when all goes well: cleaning up, answering a repeated request, making an expired rendition again, withdrawing a
 * rendition whose image is deleted, releasing a message, and task protection, since there is no ECS agent.
 */
const ON_BAD_DAYS: Record<ServiceName, string[]> = {
  'sync-upload': ['dynamodb:GetItem', 's3:AbortMultipartUpload'],
  'async-upload': [],
  download: ['dynamodb:DeleteItem'],
  worker: [
    'ecs:GetTaskProtection',
    'ecs:UpdateTaskProtection',
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    'sqs:ChangeMessageVisibility',
  ],
};

/** Whose key it is with which everything is done. */
const OWNER = 'end-to-end';

/** Makes a key in the applied table, as an operator does. */
async function createKey(endpoint: string, deployment: Deployment): Promise<string> {
  const { table } = namesOf(deployment);
  const env = { IMAGE_TABLE_NAME: table, AWS_REGION: deployment.region, AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  const args = ['create', '--owner', OWNER, '--scopes', 'images:read,images:write,images:delete', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/api-key.ts', ...args], {
    env: { ...process.env, ...LOCAL_CREDENTIALS, ...env },
  });
  return JSON.parse(stdout).key;
}

/** Runs the containers' programs with the applied task definitions on the applied bucket, table and queue. */
export function endToEndTests(applied: () => AppliedStacks, settings: EnvironmentSettings): void {
  const deployment = deploymentOf(settings);
  const names = namesOf(deployment);

  describe('its task definitions', () => {
    let services: AppliedServices;
    let key: string;
    before(async () => {
      // No issuer is in the settings, so the one of the tests, which has its keys with it, is added to what was applied.
      services = await startApplied(applied().aws, deployment, { JWT_ISSUERS: OWNER_ISSUERS });
      key = await createKey(applied().aws.endpoint, deployment);
    });
    after(() => services?.stop());
    afterEach(function () {
      if (this.currentTest?.isFailed()) process.stderr.write(services.faults());
    });

    /** Expects that the CDN of this environment got an invalidation of everything that begins with a path. */
    const expectInvalidation = async ({ status, invalidationId }: Purge, path: string) => {
      expect(status).to.equal('requested');
      const { endpoint } = applied().aws;
      const { environment } = await readTask(endpoint, deployment, 'sync-upload');
      const options = ['--distribution-id', String(environment.CDN_DISTRIBUTION_ID), '--id', String(invalidationId)];
      const { Invalidation } = await aws(endpoint, 'cloudfront', 'get-invalidation', ...options);
      expect(Invalidation.InvalidationBatch.Paths.Items).to.deep.equal([`${path}*`]);
    };

    wholeServiceTests(
      () => ({ url: services.url, key }),
      async (deleted, path) => {
        expect(deleted.status, deleted.body.toString()).to.equal(settings.cdn.enabled ? 202 : 204);
        if (settings.cdn.enabled) await expectInvalidation(jsonOf(deleted).purge, path);
      },
    );

    it('start services that keep owners apart, by tokens of an issuer, keys in the table and the key of the parameter', async () => {
      const image = await photograph('jpeg', 60, 40);
      const anns = await as('Ann');
      const post = { method: 'POST', path: '/v1/images?visibility=private', body: image };
      const uploaded = await send(services.url, { ...post, headers: anns });
      expect(uploaded.status, uploaded.body.toString()).to.equal(201);
      const { path } = { path: jsonOf(uploaded).links.self };
      expect((await send(services.url, { path, headers: anns })).status).to.equal(200);
      const others = [await as('Bob'), ...[key, API_KEY].map((each) => ({ authorization: `Bearer ${each}` }))];
      for (const headers of others) {
        expect((await send(services.url, { path, headers })).status).to.equal(404);
        expect((await send(services.url, { path: '/v1/images', headers })).status).to.equal(200);
      }
      expect((await send(services.url, { method: 'DELETE', path, headers: anns })).status).to.be.oneOf([202, 204]);
    });

    it('start services that remove the metadata of public originals', async () => {
      const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>Secret</a></x:xmpmeta>';
      // A TIFF is looked at as a whole, so that it waits below another prefix meanwhile.
      const body = await sharp(await photograph('jpeg', 60, 40))
        .withXmp(xmp)
        .tiff()
        .toBuffer();
      const headers = { authorization: `Bearer ${key}` };
      const uploaded = await send(services.url, {
        method: 'POST',
        path: '/v1/images?visibility=public',
        body,
        headers,
      });
      expect(uploaded.status, uploaded.body.toString()).to.equal(201);
      const stored = (await send(services.url, { path: jsonOf(uploaded).links.original })).body;
      expect([body, stored].map((bytes) => bytes.includes('Secret'))).to.deep.equal([true, false]);
    });

    it('start services that send the audit trail to its log group', async () => {
      const { endpoint } = applied().aws;
      const lines = await eventually('the deletion is in the trail', async () => {
        const { events } = await aws(endpoint, 'logs', 'filter-log-events', '--log-group-name', names.auditLog);
        const all: AuditLine[] = events.map(({ message }: { message: string }) => JSON.parse(message));
        return (
          all.some(({ who, operation }) => 'owner' in who && who.owner === 'Ann' && operation === 'deleteImage') && all
        );
      });
      const callers = new Set(lines.map(({ who }) => ('owner' in who ? `${who.kind} of ${who.owner}` : who.kind)));
      expect([...callers]).to.include.members(['jwt of Ann', `key of ${OWNER}`, 'nobody', 'link']);
      for (const line of lines) expect(auditLineSchema.validate(line).error?.message).to.equal(undefined);
      expect(JSON.stringify(lines)).to.not.include(key);
    });

    it('name roles that allow everything that was asked of AWS', () => {
      for (const service of SERVICE_NAMES) {
        const { used, refused } = services.guards[service];
        expect(refused, service).to.deep.equal([]);
        expect(used, service).to.not.deep.equal([]);
      }
    });

    it('name roles that allow nothing more, except rights for when something goes wrong', () => {
      const idle = SERVICE_NAMES.map((service) => {
        const asked = new Set(services.guards[service].used.map(({ action }) => action));
        const granted = SERVICE_PERMISSIONS[service].filter(({ on }) => on !== 'distribution' || settings.cdn.enabled);
        const actions = granted.flatMap((permission) => permission.actions).filter((action) => !asked.has(action));
        return [service, [...new Set(actions)].sort()];
      });
      expect(Object.fromEntries(idle)).to.deep.equal(ON_BAD_DAYS);
    });

    it('ask nothing that the endpoint policies of their network deny', async () => {
      const letsThrough = await readEndpoints(applied().aws.endpoint);
      for (const service of SERVICE_NAMES) {
        const { used } = services.guards[service];
        expect(
          used.filter((access) => !letsThrough(access)),
          service,
        ).to.deep.equal([]);
      }
      const elsewhere = { action: 's3:PutObject', resource: 'arn:aws:s3:::somebody-elses/stolen.jpg' };
      expect(letsThrough(elsewhere)).to.equal(false);
    });

    it('start services that store everything in the applied bucket and table, and leave no message behind', async () => {
      const { endpoint } = applied().aws;
      const { Contents } = await aws(endpoint, 's3api', 'list-objects-v2', '--bucket', names.bucket);
      const prefixes = Contents.map(({ Key }: { Key: string }) => Key.split('/')[0]);
      expect(new Set(prefixes)).to.deep.equal(new Set(['originals', 'renditions']));
      const { Count } = await aws(endpoint, 'dynamodb', 'scan', '--table-name', names.table, '--select', 'COUNT');
      expect(Count).to.be.at.least(3);
      for (const queue of [names.queue, names.deadLetterQueue]) {
        const { QueueUrl } = await aws(endpoint, 'sqs', 'get-queue-url', '--queue-name', queue);
        const options = ['--queue-url', QueueUrl, '--attribute-names', 'All'];
        const { Attributes } = await aws(endpoint, 'sqs', 'get-queue-attributes', ...options);
        expect(Attributes, queue).to.include({
          ApproximateNumberOfMessages: '0',
          ApproximateNumberOfMessagesNotVisible: '0',
        });
      }
    });
  });
}
