import { expect } from 'chai';
import sharp from 'sharp';
import type { Purge } from '../../../shared/contracts/api/deletion-view.ts';
import { namesOf } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { SERVICE_PERMISSIONS } from '../../../stacks/access/service-permissions.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { eventually } from '../../support/eventually.ts';
import { type Answered, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { linkTo } from '../../support/http/links.ts';
import { photograph } from '../../support/images/photographs.ts';
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

/** Runs the containers' programs with the applied task definitions on the applied bucket, table and queue. */
export function endToEndTests(applied: () => AppliedStacks, settings: EnvironmentSettings): void {
  const deployment = deploymentOf(settings);
  const names = namesOf(deployment);

  describe('its task definitions', () => {
    let services: AppliedServices;
    before(async () => {
      services = await startApplied(applied().aws, deployment);
    });
    after(() => services?.stop());
    afterEach(function () {
      if (this.currentTest?.isFailed()) process.stderr.write(services.faults());
    });

    const authorization = `Bearer ${API_KEY}`;
    const call = (outgoing: Outgoing): Promise<Answered> =>
      send(services.url, { ...outgoing, headers: { ...outgoing.headers, authorization } });
    const ready = (path: string) =>
      eventually(
        `${path} is made`,
        async () => {
          const answer = await call({ path });
          expect(answer.status, answer.body.toString().slice(0, 500)).to.be.oneOf([200, 202]);
          return answer.status === 200 && answer;
        },
        60_000,
      );
    const expectThumb = async (body: Buffer) => {
      const { width, height } = await sharp(body).metadata();
      expect({ width, height }).to.deep.equal({ width: 200, height: 200 });
    };

    /** Expects that the CDN of this environment got an invalidation of everything that begins with a path. */
    const expectInvalidation = async ({ status, invalidationId }: Purge, path: string) => {
      expect(status).to.equal('requested');
      const { endpoint } = applied().aws;
      const { environment } = await readTask(endpoint, deployment, 'sync-upload');
      const options = ['--distribution-id', String(environment.CDN_DISTRIBUTION_ID), '--id', String(invalidationId)];
      const { Invalidation } = await aws(endpoint, 'cloudfront', 'get-invalidation', ...options);
      expect(Invalidation.InvalidationBatch.Paths.Items).to.deep.equal([`${path}*`]);
    };

    it('start services that refuse requests without a key', async () => {
      const { status } = await send(services.url, { path: '/v1/images' });
      expect(status).to.equal(401);
    });

    it('start services that accept a whole image, process it and serve it', async () => {
      const body = await photograph('jpeg', 400, 300);
      const headers = { 'idempotency-key': '"end-to-end"' };
      const uploaded = await call({ method: 'POST', path: '/v1/images?rendition=thumb', headers, body });
      expect(uploaded.status, uploaded.body.toString()).to.equal(201);
      const { links } = jsonOf(uploaded);
      await expectThumb((await ready(`${links.self}/renditions/thumb`)).body);
      expect((await call({ path: links.original })).body.equals(body)).to.equal(true);
    });

    it('start services that sign links, which open bytes without a key', async () => {
      const body = await photograph('jpeg', 100, 80);
      const uploaded = await call({ method: 'POST', path: '/v1/images?visibility=private', body });
      const { imageId, links } = jsonOf(uploaded);
      const link = await linkTo({ download: services.url }, imageId, { target: 'original' }, { authorization });
      expect((await send(services.url, { path: links.original })).status).to.equal(401);
      expect((await send(services.url, { path: link.url })).body.equals(body)).to.equal(true);
    });

    it('start services that accept an image in parts, process it and delete it', async () => {
      const body = await photograph('png', 300, 300);
      const headers = { 'content-type': 'application/json' };
      const post = (path: string, json: object) => call({ method: 'POST', path, headers, body: JSON.stringify(json) });
      const created = await post('/v1/uploads', { contentType: 'image/png', renditions: ['thumb'] });
      expect(created.status, created.body.toString()).to.equal(201);
      const path = `/v1/uploads/${jsonOf(created).uploadId}`;
      const part = await call({ method: 'PUT', path: `${path}/parts/1`, body });
      const parts = [{ partNumber: 1, eTag: jsonOf(part).eTag }];
      const completed = await post(`${path}/complete`, { parts });
      expect(completed.status, completed.body.toString()).to.equal(201);
      const { links } = jsonOf(completed);
      await expectThumb((await ready(`${links.self}/renditions/thumb`)).body);
      const deleted = await call({ method: 'DELETE', path: links.self });
      expect(deleted.status, deleted.body.toString()).to.equal(settings.cdn.enabled ? 202 : 204);
      if (settings.cdn.enabled) await expectInvalidation(jsonOf(deleted).purge, links.self);
      expect((await call({ path: links.self })).status).to.equal(410);
    });

    it('start services that list images, make formats on request, and abort uploads', async () => {
      const body = await photograph('jpeg', 200, 150);
      const renditions = JSON.stringify([{ name: 'card', commands: [], output: { format: 'auto' } }]);
      const form = new FormData();
      form.append('renditions', renditions);
      form.append('file', new Blob([new Uint8Array(body)]), 'photo.jpg');
      const request = new Request(`${services.url}/v1/images`, {
        method: 'POST',
        body: form,
        headers: { authorization },
      });
      const uploaded = await fetch(request);
      expect(uploaded.status).to.equal(201);
      const { imageId, links } = (await uploaded.json()) as { imageId: string; links: { self: string } };
      await ready(`${links.self}/renditions/card`);
      // Until the AVIF exists, the answer has another existing format.
      await eventually(
        'the AVIF is made',
        async () =>
          (await call({ path: `${links.self}/renditions/card.avif` })).headers['content-type'] === 'image/avif',
        60_000,
      );
      const { images } = jsonOf(await call({ path: '/v1/images' }));
      expect(images.map((image: { imageId: string }) => image.imageId)).to.include(imageId);
      const headers = { 'content-type': 'application/json' };
      const created = await call({
        ...{ method: 'POST', path: '/v1/uploads', headers },
        body: JSON.stringify({ contentType: 'image/png' }),
      });
      const path = `/v1/uploads/${jsonOf(created).uploadId}`;
      expect((await call({ method: 'DELETE', path })).status).to.equal(204);
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
