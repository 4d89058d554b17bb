import type { Socket } from 'node:net';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { idempotencyPartition, idempotencySortKey, uploadTokenClaim } from '../../../shared/contracts/table.ts';
import { IMAGE_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import { eventually } from '../../support/eventually.ts';
import { jsonOf, openSocket, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { as } from '../../support/services/owners.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { madeToken } from '../../support/services/upload-tokens.ts';

const OWNER = 'shop';
const svgOf = (color: string) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect fill="${color}" width="9" height="9"/></svg>`,
  );

/** Two images of a format. */
async function pairOf(format: 'jpeg' | 'png' | 'tiff' | 'svg'): Promise<[first: Buffer, second: Buffer]> {
  if (format === 'svg') return [svgOf('#010203'), svgOf('#040506')];
  const [one, other] = [await photograph(format, 48, 32), await photograph(format, 64, 40)];
  return [one, other];
}

/** What becomes of the request that was taken over: it sends its last byte, or its client leaves. */
const ENDINGS: Record<string, (socket: Socket, last: Buffer) => void> = {
  'sends its last byte': (socket, last) => socket.write(last),
  'goes away': (socket) => socket.destroy(),
};

describe('An upload whose claim has lapsed while it was sent', () => {
  let services: Services;
  before(async () => {
    services = await startServices({
      owners: true,
      ingestion: { ORIGINAL_METADATA: 'strip-public', SVG_SANITIZING: 'public' },
    });
  });
  after(() => services.stop());

  /** As if the claim could not be renewed for half a minute. Resolves to whether it is there. */
  async function letLapse(key: string): Promise<boolean> {
    const { documents, tableName } = services.table;
    const lapsed = new UpdateCommand({
      TableName: tableName,
      Key: { pk: idempotencyPartition(OWNER, key), sk: idempotencySortKey },
      UpdateExpression: 'SET claimedUntil = :past',
      ConditionExpression: 'attribute_exists(claimedUntil)',
      ExpressionAttributeValues: { ':past': 1 },
    });
    return documents.send(lapsed).then(
      () => true,
      () => false,
    );
  }

  /** A way to upload that is known by a key, and that key. */
  const WAYS: Record<string, () => Promise<{ headers: Record<string, string>; key: string; query: string }>> = {
    'an upload token': async () => {
      const { token } = await madeToken(services, { visibility: 'public' }, OWNER);
      return {
        headers: { authorization: `Bearer ${token}` },
        key: uploadTokenClaim(String(token.split('_')[1])),
        query: '',
      };
    },
    'an Idempotency-Key': async () => {
      const key = `key-${Math.random()}`;
      return { headers: { ...(await as(OWNER)), 'idempotency-key': key }, key, query: '?visibility=public' };
    },
  };

  for (const [way, make] of Object.entries(WAYS))
    for (const format of ['jpeg', 'png', 'tiff', 'svg'] as const)
      for (const [ending, end] of Object.entries(ENDINGS)) {
        it(`touches nothing of the image that another with ${way} has made since: a ${format} that ${ending}`, async () => {
          const [late, early] = await pairOf(format);
          const { headers, key, query } = await make();
          const type = { 'content-type': IMAGE_FORMATS[format].mediaType };
          const socket = await openSocket(services.upload);
          services.logs.length = 0;
          let answer = '';
          socket.on('data', (data: Buffer) => {
            answer += data;
          });
          const head = Object.entries({ host: 'x', ...headers, ...type, 'content-length': late.length });
          socket.write(
            `POST /v1/images${query} HTTP/1.1\r\n${head.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`,
          );
          socket.write(late.subarray(0, -1));
          await eventually('The claim', () => letLapse(key));
          const other = await send(services.upload, {
            ...{ method: 'POST', path: `/v1/images${query}`, headers: { ...headers, ...type }, body: early },
          });
          expect(other.status, other.body.toString()).to.equal(201);
          const { imageId } = jsonOf(other);
          const original = () => send(services.download, { path: `/v1/images/${imageId}/original` });
          const stored = await original();
          expect(stored.status).to.equal(200);
          end(socket, late.subarray(-1));
          if (ending === 'goes away')
            await eventually('The end', () => services.logs.some(({ msg }) => msg.includes('could not be deleted')));
          else await eventually('The answer', () => answer.includes('"requestId"'));
          const after = await original();
          expect([after.status, after.body.toString('base64')]).to.deep.equal([200, stored.body.toString('base64')]);
          if (ending !== 'goes away') expect(answer).to.match(/^HTTP\/1\.1 409 [\s\S]*idempotency_key_in_use/);
          socket.destroy();
        });
      }
});
