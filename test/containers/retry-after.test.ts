import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import {
  idempotencyPartition,
  idempotencySortKey,
  imagePartition,
  renditionSortKey,
} from '../../shared/contracts/table.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem, openSocket, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { downloadsOf } from '../support/services/downloads.ts';
import { type Services, startServices } from '../support/services/services.ts';

const jpeg = await photograph('jpeg', 60, 40);

/** Seconds that work has taken, and the longest and shortest that it may then be before somebody asks again. */
const TAKEN: [seconds: number, least: number, most: number][] = [
  [0, 1, 10],
  [80, 20, 30],
  [3600, 30, 30],
];

describe('Retry-After', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  async function set(pk: string, sk: string, values: Record<string, string | number>): Promise<void> {
    const names = Object.keys(values);
    await services.table.documents.send(
      new UpdateCommand({
        TableName: services.table.tableName,
        Key: { pk, sk },
        UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
        ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
      }),
    );
  }

  for (const [taken, least, most] of TAKEN) {
    it(`fits a rendition that has been made for ${taken} s`, async () => {
      const downloads = downloadsOf(services);
      const { imageId, links } = await downloads.upload(jpeg, ['thumb']);
      const updatedAt = new Date(Date.now() - taken * 1000).toISOString();
      await set(imagePartition(imageId), renditionSortKey('thumb'), { updatedAt });
      const { status, headers } = await downloads.get(`${links.self}/renditions/thumb`);
      expect(status).to.equal(202);
      expect(Number(headers['retry-after'])).to.be.within(least, most);
    });

    it(`fits a request with the same Idempotency-Key that has been sending for ${taken} s`, async () => {
      const key = `key-${taken}`;
      const sending = await openSocket(services.upload);
      const head = ['POST /v1/images HTTP/1.1', 'Host: localhost', `Idempotency-Key: ${key}`, 'Content-Length: 9'];
      sending.write(`${head.join('\r\n')}\r\n\r\n`);
      const claim = idempotencyPartition('local', key);
      await eventually('the key is claimed', async () =>
        (await services.leftovers()).some((name) => name.startsWith(claim)),
      );
      const removeAfter = Math.floor(Date.now() / 1000) + LIMITS.idempotencySeconds - taken;
      await set(claim, idempotencySortKey, { removeAfter });
      const headers = { 'idempotency-key': key };
      const answer = await send(services.upload, { method: 'POST', path: '/v1/images', headers, body: jpeg });
      const { retryAfterSeconds } = expectProblem(answer, 'idempotency_key_in_use');
      expect(answer.headers['retry-after']).to.equal(String(retryAfterSeconds));
      expect(retryAfterSeconds).to.be.within(least, most);
      sending.destroy();
    });
  }
});
