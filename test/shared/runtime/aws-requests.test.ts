import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import {
  billedRequests,
  countRequests,
  openRequestLedger,
  otherRequests,
} from '../../../shared/runtime/aws-requests.ts';
import { createDocumentClient, createSqsClient } from '../../../shared/runtime/clients.ts';
import { updateItem } from '../../../shared/storage/table/conditional-write.ts';
import { readImage } from '../../../shared/storage/table/image-table.ts';
import { rejectionOf } from '../../support/rejection.ts';

interface Answer {
  status: number;
  body?: object;
}

const PLACE = { AWS_REGION: 'us-east-1' };

describe('requests to AWS', () => {
  let server: Server;
  let url: string;
  /** What the next requests are answered with, the last of them for ever. */
  let answers: Answer[] = [];
  let bodies: Record<string, unknown>[] = [];
  before(async () => {
    Object.assign(process.env, LOCAL_CREDENTIALS);
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer?.body ?? {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => void server.close());
  beforeEach(() => {
    answers = [{ status: 200 }];
    bodies = [];
  });

  const openTable = () => ({
    documents: createDocumentClient({ ...PLACE, AWS_ENDPOINT_URL_DYNAMODB: url }),
    tableName: 'images',
  });
  const send = () =>
    createSqsClient({ ...PLACE, AWS_ENDPOINT_URL_SQS: url }).send(
      new SendMessageCommand({ QueueUrl: `${url}/queue`, MessageBody: 'body' }),
    );
  const write = () =>
    updateItem(openTable(), {
      key: { pk: 'a', sk: 'b' },
      set: { status: 'ready' },
      condition: '#status = :status',
      values: {},
    });

  it('count with those for whom they are made, whoever else asks at the same time', async () => {
    const ledgers = [openRequestLedger(), openRequestLedger(), openRequestLedger()];
    await Promise.all(
      ledgers.map((ledger, index) =>
        countRequests(ledger, async () => {
          for (let sent = 0; sent <= index; sent += 1) {
            await sleep(1);
            await send().catch(() => undefined);
          }
        }),
      ),
    );
    expect(ledgers.map((ledger) => ledger.counts().requests)).to.deep.equal([
      { SendMessage: 1 },
      { SendMessage: 2 },
      { SendMessage: 3 },
    ]);
  });

  it('count as others when they are made for nobody, and with the whole when for a part of it', async () => {
    const [whole, before] = [openRequestLedger(), otherRequests.counts().requests.SendMessage ?? 0];
    await countRequests(openRequestLedger(whole), () => send().catch(() => undefined));
    await send().catch(() => undefined);
    expect(whole.counts().requests).to.deep.equal({ SendMessage: 1 });
    expect(otherRequests.counts().requests.SendMessage).to.equal(before + 1);
  });

  it('count each try of the SDK', async () => {
    answers = [{ status: 500 }, { status: 503 }, { status: 200, body: { Attributes: {} } }];
    const ledger = openRequestLedger();
    await countRequests(ledger, write);
    expect(bodies).to.have.length(3);
    expect(ledger.counts().requests).to.deep.equal({ UpdateItem: 3 });
  });

  it('count the units that DynamoDB says they took, which it is asked for only where somebody counts them', async () => {
    answers = [{ status: 200, body: { Items: [], ConsumedCapacity: { TableName: 'images', CapacityUnits: 2.5 } } }];
    const ledger = openRequestLedger();
    await countRequests(ledger, () => readImage(openTable(), 'id'));
    await readImage(openTable(), 'id');
    expect(ledger.counts()).to.deep.equal({ requests: { Query: 1 }, readUnits: 2.5, writeUnits: 0 });
    expect(bodies.map(({ ReturnConsumedCapacity }) => ReturnConsumedCapacity)).to.deep.equal(['TOTAL', undefined]);
  });

  it('count one unit for a write whose condition fails, of which DynamoDB tells none', async () => {
    const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    answers = [{ status: 400, body: { __type: type } }];
    const ledger = openRequestLedger();
    expect(await countRequests(ledger, write)).to.equal(undefined);
    expect(ledger.counts()).to.deep.equal({ requests: { UpdateItem: 1 }, readUnits: 0, writeUnits: 1 });
  });

  it('count also where they fail', async () => {
    answers = [{ status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ValidationException' } }];
    const ledger = openRequestLedger();
    await rejectionOf(countRequests(ledger, write));
    expect(ledger.counts()).to.deep.equal({ requests: { UpdateItem: 1 }, readUnits: 0, writeUnits: 0 });
  });

  it('are billed as PUT, GET or not at all by S3, each by SQS, and by DynamoDB in units', () => {
    const requests = {
      PutObject: 1,
      ListObjectsV2: 2,
      GetObject: 4,
      HeadObject: 8,
      DeleteObject: 16,
      Query: 32,
      DeleteMessage: 64,
    };
    expect(billedRequests({ requests, readUnits: 0.5, writeUnits: 3 })).to.deep.equal({
      puts: 3,
      gets: 12,
      sqs: 64,
      reads: 0.5,
      writes: 3,
    });
  });
});
