import { once } from 'node:events';
import { connect } from 'node:net';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { type Emulators, LOCAL_CREDENTIALS, startEmulators } from '../../../../scripts/local/emulators/emulators.ts';
import { CAN_SEE_SOCKETS, listeningOf } from '../../../support/http/listening.ts';
import { clientsOf } from '../../../support/storage/emulators.ts';

const signedWith = (accessKeyId: string): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261129/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0`;

const STRANGERS: Record<string, Record<string, string>> = {
  'who signs nothing': {},
  'who guesses': { authorization: signedWith('local') },
  'who has the beginning of the key': {
    authorization: signedWith(LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID.slice(0, -1)),
  },
  'a web page': { origin: 'http://attacker.example', authorization: signedWith('local') },
};

/** Bodies on which dynalite throws, and one that asks for everything. */
const BODIES: [target: string, body: string][] = [
  ['DynamoDB_20120810.ListTables', '{}'],
  ['DynamoDB_20120810.Query', 'null'],
  ['DynamoDB_20120810.GetItem', '{"TableName":"images","Key":{"pk":null}}'],
  ['AmazonSQS.ListQueues', '{}'],
  ['AmazonSQS.SendMessage', '{"QueueUrl":"http://127.0.0.1/000000000000/processing","MessageBody":"x"}'],
];

describe('the emulators of npm start', () => {
  let emulators: Emulators;
  let clients: ReturnType<typeof clientsOf>;
  let endpoints: string[];
  before(async () => {
    emulators = await startEmulators();
    clients = clientsOf(emulators);
    endpoints = [emulators.dynamoDbEndpoint, emulators.sqsEndpoint];
  });
  after(async () => {
    clients.documents.destroy();
    clients.sqs.destroy();
    await emulators.stop();
  });

  const isAlive = async () => (await clients.documents.send(new ListTablesCommand({}))).TableNames !== undefined;

  it('listens on loopback only', function () {
    if (!CAN_SEE_SOCKETS) this.skip();
    const ports = endpoints.map((endpoint) => Number(new URL(endpoint).port));
    const listening = listeningOf(process.pid).filter(({ port }) => ports.includes(port));
    expect(listening).to.have.deep.members(ports.map((port) => ({ port, isLoopback: true })));
  });

  for (const [who, headers] of Object.entries(STRANGERS)) {
    it(`answers ${who} with 403 and nothing else, whatever the request`, async () => {
      for (const endpoint of endpoints) {
        for (const [target, body] of BODIES) {
          const asked = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, ...headers };
          const response = await fetch(endpoint, { method: 'POST', headers: asked, body });
          expect([response.status, await response.text()], `${endpoint} ${target}`).to.deep.equal([403, '']);
          expect(response.headers.get('access-control-allow-origin')).to.equal(null);
        }
        const preflight = await fetch(endpoint, {
          method: 'OPTIONS',
          headers: { ...headers, 'access-control-request-method': 'POST' },
        });
        expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).to.deep.equal([403, null]);
      }
      expect(await isAlive()).to.equal(true);
    });
  }

  it('survives a client that goes away in the middle of a request, with the key and without', async () => {
    for (const endpoint of endpoints) {
      for (const accessKeyId of ['local', LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID]) {
        for (const end of ['destroy', 'resetAndDestroy', 'end'] as const) {
          const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
          await once(socket, 'connect');
          const head = `POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${signedWith(accessKeyId)}\r\nContent-Length: 10\r\n\r\nabc`;
          await new Promise((resolve) => socket.write(head, resolve));
          socket.on('error', () => undefined);
          const closed = once(socket, 'close');
          socket[end]();
          if (end === 'end') socket.resume();
          await closed;
        }
      }
    }
    expect(await isAlive()).to.equal(true);
  });
});
