import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { failRendition, finishRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { type Answered, expectProblem, jsonOf, type Outgoing, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { type Services, startServices } from '../../support/services/services.ts';
import { allItems } from '../../support/storage/table-items.ts';

const jpeg = await photograph('jpeg');
const flipped = { name: 'flipped', commands: [{ operation: 'flip' }], output: { format: 'png' } };

describe('POST /v1/images/{imageId}/renditions', () => {
  let services: Services;
  let imageId: string;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    imageId = jsonOf(await send(services.upload, { method: 'POST', path: '/v1/images', body: jpeg })).imageId;
    await services.receiveAll();
  });

  const post = (body: string | Buffer, id = imageId, headers: Outgoing['headers'] = {}): Promise<Answered> => {
    const type = { 'content-type': 'application/json', ...headers };
    return send(services.upload, { method: 'POST', path: `/v1/images/${id}/renditions`, headers: type, body });
  };
  const ask = (renditions: unknown[], id?: string) => post(JSON.stringify({ renditions }), id);
  const queued = async () =>
    (await services.receiveAll()).flatMap(({ renditions }) => renditions.map(({ name }) => name));
  const shown = (answer: Answered): [string, string][] => {
    expect(answer.status, answer.body.toString()).to.equal(202);
    return jsonOf(answer).renditions.map(({ name, status }: { name: string; status: string }) => [name, status]);
  };
  const read = async () => jsonOf(await send(services.download, { path: `/v1/images/${imageId}` }));
  const fail = async (name: string) => {
    await startRendition(services.table, { imageId, name });
    await failRendition(services.table, { imageId, name }, { code: 'image_unreadable', detail: 'It is broken.' });
  };

  it('queues new renditions in one message, and answers with the whole record', async () => {
    const answer = await ask(['thumb', flipped]);
    expect(shown(answer)).to.deep.equal([
      ['thumb', 'queued'],
      ['flipped', 'queued'],
    ]);
    const [message, ...more] = await services.receiveAll();
    expect(more).to.deep.equal([]);
    expect(message).to.include({ imageId, requestId: answer.headers['x-request-id'] });
    expect(message?.renditions.map(({ name }) => name)).to.deep.equal(['thumb', 'flipped']);
    expect((await read()).renditions).to.have.deep.members(jsonOf(answer).renditions);
  });

  it('refuses null among renditions, and says where', async () => {
    const problem = expectProblem(await ask(['thumb', null]), 'invalid_request');
    expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['renditions[1]']);
  });

  it('adds renditions to those that are there', async () => {
    await ask(['thumb']);
    expect(shown(await ask([flipped])).map(([name]) => name)).to.deep.equal(['thumb', 'flipped']);
  });

  it('sends a message for a rendition that is still queued once more, in case the first was lost', async () => {
    await ask([flipped]);
    const first = await read();
    await services.receiveAll();
    expect(shown(await ask([flipped]))).to.deep.equal([['flipped', 'queued']]);
    expect(await queued()).to.deep.equal(['flipped']);
    expect(await read()).to.deep.equal(first);
  });

  it('leaves alone renditions that are processing or ready', async () => {
    await ask([flipped, 'thumb']);
    await services.receiveAll();
    for (const name of ['flipped', 'thumb']) await startRendition(services.table, { imageId, name });
    const facts = { key: 'k', contentType: 'image/webp', contentLength: 1, checksumSha256: 'x', width: 1, height: 1 };
    await finishRendition(services.table, { imageId, name: 'thumb' }, facts);
    expect(shown(await ask([flipped, 'thumb']))).to.have.deep.members([
      ['flipped', 'processing'],
      ['thumb', 'ready'],
    ]);
    expect(await queued()).to.deep.equal([]);
  });

  it('queues a rendition again that has been processing for longer than any message may be held', async () => {
    await ask([flipped]);
    await services.receiveAll();
    await startRendition(services.table, { imageId, name: 'flipped' });
    for (const [minutes, sent] of [
      [4, []],
      [6, ['flipped']],
    ] as const) {
      const { documents, tableName: TableName } = services.table;
      const item = (await allItems(services.table)).find(
        ({ pk, sk }) => pk.endsWith(imageId) && sk.endsWith('#flipped'),
      );
      const updatedAt = new Date(Date.now() - minutes * 60_000).toISOString();
      await documents.send(new PutCommand({ TableName, Item: { ...item, updatedAt } }));
      expect(shown(await ask([flipped]))).to.deep.equal([['flipped', 'processing']]);
      expect(await queued(), `after ${minutes} minutes`).to.deep.equal(sent);
    }
  });

  it('queues a text overlay in any characters', async () => {
    const commands = [{ operation: 'watermarkText', text: '日本 😀 \uFFFE Jürgen' }];
    expect((await ask([{ name: 'text', commands }])).status).to.equal(202);
    expect(await queued()).to.deep.equal(['text']);
  });

  it('queues a failed rendition again, with its attempts reset', async () => {
    await ask([flipped]);
    await services.receiveAll();
    await fail('flipped');
    const answer = await ask([flipped]);
    expect(shown(answer)).to.deep.equal([['flipped', 'queued']]);
    expect(jsonOf(answer).renditions[0]).to.include({ attempts: 0 }).and.not.have.property('failure');
    expect(await queued()).to.deep.equal(['flipped']);
  });

  it('refuses other commands under a name that is taken, and queues nothing of the request', async () => {
    await ask([flipped]);
    await services.receiveAll();
    const problem = expectProblem(await ask(['thumb', { ...flipped, commands: [] }]), 'rendition_conflict');
    expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['renditions[1]']);
    expect(problem.detail).to.match(/flipped .*another name/);
    expect(await queued()).to.deep.equal([]);
    expect((await read()).renditions).to.have.length(1);
  });

  it('counts defaults spelled out as the same commands', async () => {
    await ask([{ name: 'a', commands: [{ operation: 'resize', width: 5 }] }]);
    const spelledOut = { operation: 'resize', width: 5, fit: 'cover', position: 'centre', background: '#000000' };
    const answer = await ask([{ name: 'a', commands: [spelledOut], output: { format: 'webp' } }]);
    expect(shown(answer)).to.deep.equal([['a', 'queued']]);
  });

  it('accepts a hundred renditions for an image, and refuses the next', async () => {
    const batch = (start: number) =>
      Array.from({ length: 20 }, (_, index) => ({ ...flipped, name: `r${start + index}` }));
    for (const start of [0, 20, 40, 60, 80]) expect(shown(await ask(batch(start)))).to.have.length(start + 20);
    await services.receiveAll();
    const problem = expectProblem(await ask(['thumb']), 'too_many_renditions');
    expect(problem).to.include({ limit: LIMITS.renditionsPerImage, actual: 101, unit: 'renditions' });
    expect(await queued()).to.deep.equal([]);
    expect(shown(await ask(batch(80)))).to.have.length(100);
  });

  it('accepts one of two requests at once that have different pipelines for a name', async () => {
    for (let round = 0; round < 5; round += 1) {
      const pipelines = ['flip', 'flop'].map((operation) => ({ name: `r${round}`, commands: [{ operation }] }));
      const answers = await Promise.all(pipelines.map((pipeline) => ask([pipeline])));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([202, 409]);
      for (const answer of answers) if (answer.status === 409) expectProblem(answer, 'rendition_conflict');
      const winner = pipelines[answers.findIndex(({ status }) => status === 202)];
      const kept = (await read()).renditions.find(({ name }: { name: string }) => name === `r${round}`);
      expect(kept.commands).to.deep.equal(winner?.commands);
    }
  });

  it('answers 202 to ten requests at once for the same renditions', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask([flipped, 'thumb'])));
    for (const answer of answers) expect(shown(answer).map(([name]) => name)).to.have.members(['flipped', 'thumb']);
    expect(new Set(await queued())).to.have.property('size', 2);
  });

  it('refuses renditions of a deleted image, of an unknown id and of what is no id', async () => {
    await send(services.upload, { method: 'DELETE', path: `/v1/images/${imageId}` });
    expect(expectProblem(await ask(['thumb']), 'image_deleted').detail).to.include(imageId);
    expectProblem(await ask(['thumb'], randomUUID()), 'image_not_found');
    const problem = expectProblem(await ask(['thumb'], 'no-id'), 'invalid_request');
    expect(problem.errors?.map(({ path }) => path)).to.deep.equal(['params.imageId']);
    expect(await services.receiveAll()).to.deep.equal([]);
  });

  it('reports every wrong field with its path and a sentence, also when fields contradict each other', async () => {
    const answer = await ask([
      'thumb',
      {
        name: 'a',
        commands: [
          { operation: 'extend', top: 0 },
          { operation: 'resize', width: 5, height: 5, fit: 'fill', position: 'entropy' },
          { operation: 'crop', ratio: '1:1', width: 5 },
          { operation: 'blur', sigma: 0 },
        ],
        output: { format: 'gif', lossless: true },
      },
    ]);
    const { errors, detail } = expectProblem(answer, 'invalid_request');
    expect(errors).to.deep.equal([
      {
        path: 'renditions[1].commands[0]',
        message: 'renditions[1].commands[0]: one of top, right, bottom and left must be more than 0',
      },
      {
        path: 'renditions[1].commands[1]',
        message: 'renditions[1].commands[1]: position can only be entropy or attention with the fit cover',
      },
      { path: 'renditions[1].commands[2]', message: 'renditions[1].commands[2]: width goes only with height' },
      { path: 'renditions[1].commands[2]', message: 'renditions[1].commands[2]: ratio does not go with width' },
      {
        path: 'renditions[1].commands[3].sigma',
        message: 'renditions[1].commands[3].sigma must be greater than or equal to 0.3',
      },
      {
        path: 'renditions[1].output.lossless',
        message: 'renditions[1].output.lossless goes only with the formats webp, avif',
      },
    ]);
    expect(detail).to.equal(`${errors?.map(({ message }) => message).join('; ')}.`);
    expect(await queued()).to.deep.equal([]);
  });

  const many = Array.from({ length: 21 }, (_, index) => ({ name: `r${index}` }));
  const bad: Record<
    string,
    [body: string, code: Parameters<typeof expectProblem>[1], path?: string | undefined, type?: string]
  > = {
    'an empty body': ['', 'invalid_request'],
    'JSON that is none': ['{"renditions":', 'malformed_json'],
    'a list in place of an object': ['["thumb"]', 'invalid_request'],
    'an object without renditions': ['{}', 'invalid_request', 'renditions'],
    'an empty list': ['{"renditions":[]}', 'invalid_request', 'renditions'],
    'an unknown field': ['{"renditions":["thumb"],"more":1}', 'invalid_request', 'more'],
    'an unknown preset': ['{"renditions":["tiny"]}', 'unknown_preset', 'renditions[0]'],
    'an unknown command': [
      '{"renditions":[{"name":"a","commands":[{"operation":"x"}]}]}',
      'unknown_operation',
      'renditions[0].commands[0].operation',
    ],
    'a command that breaks a rule of its own': [
      '{"renditions":[{"name":"a","commands":[{"operation":"extend"}]}]}',
      'invalid_request',
      'renditions[0].commands[0]',
    ],
    'an output option of another format': [
      '{"renditions":[{"name":"a","output":{"format":"png","mozjpeg":true}}]}',
      'invalid_request',
      'renditions[0].output.mozjpeg',
    ],
    '21 renditions': [JSON.stringify({ renditions: many }), 'invalid_request', 'renditions'],
    'duplicate names': ['{"renditions":["thumb","thumb"]}', 'invalid_request', 'renditions[1]'],
    __proto__: ['{"renditions":["thumb"],"__proto__":{"a":1}}', 'malformed_json'],
    'deeply nested JSON': [`{"renditions":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'invalid_request'],
    'more than 64 KiB': [`{"renditions":["thumb"]${' '.repeat(LIMITS.jsonBytes)}}`, 'payload_too_large'],
    'text/plain': ['{"renditions":["thumb"]}', 'unsupported_content_type', undefined, 'text/plain'],
    'a garbage Content-Type': ['{"renditions":["thumb"]}', 'unsupported_content_type', undefined, 'garbage'],
  };
  for (const [name, [body, code, path, type]] of Object.entries(bad)) {
    it(`refuses ${name} as ${code}`, async () => {
      const problem = expectProblem(await post(body, imageId, type ? { 'content-type': type } : {}), code);
      if (path) expect(problem.errors?.map((error) => error.path)).to.include(path);
      expect((await read()).renditions).to.deep.equal([]);
      expect(await queued()).to.deep.equal([]);
    });
  }
});
