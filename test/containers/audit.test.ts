import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { type OperationId, ROUTES } from '../../shared/contracts/api/routes.ts';
import { auditLineSchema } from '../../shared/contracts/audit.ts';
import type { AuditDetails, AuditLine, AuditSubject } from '../../shared/domain/audit-line.ts';
import { eventually } from '../support/eventually.ts';
import { type Answered, jsonOf, type Outgoing, openSocket, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type HeldStore, heldStore } from '../support/services/held-store.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';

/** The subject of Ann's token: the name of its issuer and its subject. */
const ANN = 'tests:Ann';

const jpeg = await photograph('jpeg');

/** The operations whose rows want them in the trail. */
type Audited = {
  [O in OperationId]: (typeof ROUTES)[O]['audit'] extends 'never' ? never : O;
}[OperationId];

/** What a request is about: an upload in parts, and a private and a public image, all of Ann. */
interface Stage {
  uploadId: string;
  private: string;
  public: string;
}

interface Entry {
  request(stage: Stage): Outgoing;
  /** When Ann asks. */
  status: number;
  /** Which ids the line names, by the stage and the answer. */
  names(stage: Stage, answer?: Answered): AuditSubject;
  /** What else it says of what Ann has asked for. */
  says?(answer: Answered): AuditDetails & Pick<AuditSubject, 'subjectOwner'>;
}

const json = (method: string, path: string, body: object): Outgoing => ({
  method,
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const image = (id: string, below = '') => `/v1/images/${id}${below}`;
const ofImage = (stage: Stage) => ({ imageId: stage.private });
const ofErased = () => ({ subjectOwner: 'auth0|1/ä' });
const ofUpload = ({ uploadId }: Stage) => ({ uploadId });

/** In this order: what deletes or ends something stands last. */
const ENTRIES: Record<Audited, Entry> = {
  uploadImage: {
    request: () => ({ method: 'POST', path: '/v1/images', body: jpeg }),
    status: 201,
    names: (_, answer) => ({ imageId: jsonOf(answer as Answered).imageId }),
    says: (answer) => ({ visibility: jsonOf(answer).visibility }),
  },
  requestRenditions: {
    request: (stage) => json('POST', image(stage.private, '/renditions'), { renditions: ['thumb'] }),
    status: 202,
    names: ofImage,
  },
  createUpload: {
    request: () => json('POST', '/v1/uploads', { contentType: 'image/jpeg', visibility: 'private' }),
    status: 201,
    says: () => ({ visibility: 'private' }),
    names: (_, answer) => ({
      imageId: jsonOf(answer as Answered).imageId,
      uploadId: jsonOf(answer as Answered).uploadId,
    }),
  },
  createPartUrls: {
    request: ({ uploadId }) =>
      json('POST', `/v1/uploads/${uploadId}/part-urls`, { parts: [{ partNumber: 1, contentLength: 1 }] }),
    status: 200,
    names: ofUpload,
  },
  completeUpload: {
    request: ({ uploadId }) =>
      json('POST', `/v1/uploads/${uploadId}/complete`, { parts: [{ partNumber: 1, eTag: 'a' }] }),
    status: 400,
    names: ofUpload,
  },
  changeImage: {
    request: (stage) => json('PATCH', image(stage.private), { watermarkFor: 'everyone', visibility: 'private' }),
    status: 200,
    names: ofImage,
    says: () => ({ watermarkFor: 'everyone', visibility: 'private' }),
  },
  moderateImage: {
    request: (stage) => json('PUT', image(stage.private, '/moderation'), { decision: 'approved' }),
    status: 200,
    names: ofImage,
    says: () => ({ decision: 'approved', subjectOwner: 'Ann' }),
  },
  listPendingImages: {
    request: () => ({ path: '/v1/pending-images?limit=1' }),
    status: 200,
    names: () => ({}),
  },
  createUploadToken: {
    request: () => json('POST', '/v1/upload-tokens', { maxBytes: 1000, visibility: 'public' }),
    status: 201,
    says: (answer) => ({ visibility: 'public', expiresAt: jsonOf(answer).expiresAt }),
    names: (_, answer) => ({
      imageId: jsonOf(answer as Answered).imageId,
      uploadTokenId: jsonOf(answer as Answered).token.split('_')[1],
    }),
  },
  eraseOwner: {
    request: () => ({ method: 'DELETE', path: '/v1/owners/auth0%7C1%2F%C3%A4/images' }),
    status: 200,
    names: ofErased,
  },
  getOriginal: {
    request: (stage) => ({ path: image(stage.private, '/original?download=my-secret-name.jpg') }),
    status: 200,
    names: ofImage,
  },
  getRendition: {
    request: (stage) => ({ path: image(stage.private, '/renditions/thumb') }),
    status: 202,
    names: ofImage,
  },
  getFile: {
    request: (stage) => ({ path: image(stage.private, `/files/${'0'.repeat(32)}.webp`) }),
    status: 404,
    names: ofImage,
  },
  createLink: {
    request: (stage) => json('POST', image(stage.private, '/links'), { target: 'original' }),
    status: 201,
    names: ofImage,
    says: (answer) => ({ target: 'original', expiresAt: jsonOf(answer).expiresAt }),
  },
  abortUpload: {
    request: ({ uploadId }) => ({ method: 'DELETE', path: `/v1/uploads/${uploadId}` }),
    status: 204,
    names: ofUpload,
  },
  deleteImage: {
    request: (stage) => ({ method: 'DELETE', path: image(stage.private) }),
    status: 204,
    names: ofImage,
  },
};

describe('audit trail', () => {
  let services: Services;
  let stage: Stage;
  let held: HeldStore;
  before(async () => {
    services = await startServices({
      owners: true,
      openObjects: async (openFiles) => {
        held = heldStore(await openFiles());
        return held;
      },
    });
    stage = {
      private: await uploaded('private'),
      public: await uploaded('public'),
      uploadId: jsonOf(await ask('createUpload', json('POST', '/v1/uploads', { contentType: 'image/jpeg' }))).uploadId,
    };
  });
  after(() => services.stop());

  async function uploaded(visibility: string): Promise<string> {
    const path = `/v1/images?visibility=${visibility}`;
    return jsonOf(await ask('uploadImage', { method: 'POST', path, body: jpeg })).imageId;
  }

  /** Sends a request in the name of Ann, or with other credentials, or without any. */
  async function ask(operation: OperationId, outgoing: Outgoing, credentials?: object): Promise<Answered> {
    const headers = { ...outgoing.headers, ...(credentials ?? (await as('Ann'))) };
    return send(services.baseOf(ROUTES[operation].service), { ...outgoing, headers });
  }

  /** The lines of a request. */
  const linesOf = (requestId: string) => services.audit.filter((line) => line.requestId === requestId);

  async function tracked(operation: OperationId, outgoing: Outgoing, credentials?: object) {
    const requestId = randomUUID();
    const headers = { ...outgoing.headers, 'x-request-id': requestId };
    const answer = await ask(operation, { ...outgoing, headers }, credentials);
    // The line stands there before the answer is sent.
    return { answer, requestId, lines: linesOf(requestId) };
  }

  /** The only line, without its time, which must be in the form that is promised. */
  function onlyLine(lines: readonly AuditLine[]): Omit<AuditLine, 'time'> {
    expect(lines).to.have.length(1);
    expect(auditLineSchema.validate(lines[0]).error?.message).to.equal(undefined);
    const [{ time, ...line }] = lines as [AuditLine];
    expect(Date.now() - Date.parse(time)).to.be.within(0, 60_000);
    return line;
  }

  const result = (status: number) => (status < 400 ? 'done' : 'refused');
  const codeOf = (answer: Answered) =>
    answer.status >= 400 && answer.method !== 'HEAD' && { code: jsonOf(answer).code };

  for (const [operation, entry] of Object.entries(ENTRIES) as [Audited, Entry][]) {
    const isAdmin = ROUTES[operation].scope === 'admin';
    /** A request that was refused has made nothing. */
    const namesInPath = () =>
      [ofImage, ofUpload, ofErased].some((names) => names === entry.names) ? entry.names(stage) : {};

    it(`has one line of ${operation} without credentials`, async () => {
      const { answer, requestId, lines } = await tracked(operation, entry.request(stage), {});
      expect(answer.status).to.be.oneOf([401, 404]);
      expect(onlyLine(lines)).to.deep.equal({
        ...{ requestId, operation, who: { kind: 'nobody' }, ...namesInPath() },
        ...{ address: '127.0.0.1', result: 'refused', status: answer.status, ...codeOf(answer) },
      });
    });

    it(`has one line of ${operation} without the scope`, async () => {
      const others = await as('Ann', isAdmin ? ['images:read', 'images:write'] : ['admin']);
      const { answer, requestId, lines } = await tracked(operation, entry.request(stage), others);
      // Of private bytes such a caller knows as little as one without credentials.
      expect(answer.status).to.be.oneOf([403, 404]);
      expect(onlyLine(lines)).to.deep.equal({
        ...{ requestId, operation, who: { kind: 'jwt', id: ANN, owner: 'Ann' }, ...namesInPath() },
        ...{ address: '127.0.0.1', result: 'refused', status: answer.status, ...codeOf(answer) },
      });
    });

    it(`has one line of ${operation} in the name of its owner`, async () => {
      const own = isAdmin ? await as('Ann', ['admin']) : undefined;
      const { answer, lines, requestId } = await tracked(operation, entry.request(stage), own);
      expect(answer.status, answer.body.toString()).to.equal(entry.status);
      expect(onlyLine(lines)).to.deep.equal({
        ...{ requestId, operation, who: { kind: 'jwt', id: ANN, owner: 'Ann' } },
        ...entry.names(stage, answer),
        ...entry.says?.(answer),
        ...{ address: '127.0.0.1', result: result(entry.status), status: entry.status, ...codeOf(answer) },
      });
    });
  }

  it('has no line of reads of public bytes, of records, of lists and of parts', async () => {
    const { uploadId } = jsonOf(await ask('createUpload', json('POST', '/v1/uploads', { contentType: 'image/jpeg' })));
    const requests: [OperationId, Outgoing][] = [
      ['getOriginal', { path: image(stage.public, '/original') }],
      ['getImage', { path: image(stage.public) }],
      ['getEvents', { method: 'HEAD', path: image(stage.public, '/events') }],
      ['listImages', { path: '/v1/images' }],
      ['getUpload', { path: `/v1/uploads/${uploadId}` }],
      ['uploadPart', { method: 'PUT', path: `/v1/uploads/${uploadId}/parts/1`, body: jpeg }],
      ['getLimits', { path: '/v1/limits' }],
    ];
    for (const [operation, outgoing] of requests) {
      const { answer, lines } = await tracked(operation, outgoing);
      expect(answer.status, operation).to.equal(200);
      expect(lines, operation).to.deep.equal([]);
    }
  });

  it('names the key that has signed the link of a reader, and the end of the link, by which it is that of the line of its maker', async () => {
    const imageId = await uploaded('private');
    const link = jsonOf(await ask('createLink', json('POST', image(imageId, '/links'), { target: 'original' })));
    const { answer, lines, requestId } = await tracked('getOriginal', { path: link.url }, {});
    expect(answer.status).to.equal(200);
    const { expiresAt } = link;
    expect(onlyLine(lines)).to.deep.equal({
      ...{ requestId, operation: 'getOriginal', who: { kind: 'link', id: 'now' }, imageId, expiresAt },
      ...{ address: '127.0.0.1', result: 'done', status: 200 },
    });
  });

  it('has a line of a link that was altered, even if the image is public', async () => {
    const link = jsonOf(await ask('createLink', json('POST', image(stage.public, '/links'), { target: 'original' })));
    const { lines, requestId } = await tracked('getOriginal', { path: `${link.url}x` }, {});
    expect(onlyLine(lines)).to.deep.equal({
      ...{ requestId, operation: 'getOriginal', who: { kind: 'nobody' }, imageId: stage.public },
      ...{ address: '127.0.0.1', result: 'refused', status: 403, code: 'link_invalid' },
    });
  });

  it('says what was asked for also where it is refused', async () => {
    const imageId = await uploaded('private');
    const outgoing = json('PATCH', image(imageId), { visibility: 'public' });
    outgoing.headers = { ...outgoing.headers, 'if-match': '"other"' };
    const { answer, lines } = await tracked('changeImage', outgoing);
    expect(answer.status).to.equal(412);
    expect(onlyLine(lines)).to.include({ result: 'refused', visibility: 'public' });
  });

  it('names an upload token as the line of its maker does, and its image also where it is refused', async () => {
    const made = await tracked('createUploadToken', json('POST', '/v1/upload-tokens', { maxBytes: 10 }));
    const { uploadTokenId, imageId } = onlyLine(made.lines);
    const credentials = { authorization: `Bearer ${jsonOf(made.answer).token}` };
    const used = await tracked('uploadImage', { method: 'POST', path: '/v1/images', body: jpeg }, credentials);
    expect(used.answer.status).to.equal(403);
    expect(onlyLine(used.lines)).to.deep.include({
      ...{ who: { kind: 'upload-token', id: uploadTokenId, owner: 'Ann' }, imageId, result: 'refused' },
    });
  });

  it('names no id of a path that is none', async () => {
    const outgoing: Outgoing = { method: 'DELETE', path: image('my-secret-text') };
    const { answer, lines, requestId } = await tracked('deleteImage', outgoing);
    expect(answer.status).to.equal(400);
    expect(onlyLine(lines)).to.deep.equal({
      ...{ requestId, operation: 'deleteImage', who: { kind: 'jwt', id: ANN, owner: 'Ann' } },
      ...{ address: '127.0.0.1', result: 'refused', status: 400, code: 'invalid_request' },
    });
  });

  /** Begins a request, whose body may be shorter than announced. */
  async function begin(base: string, target: string, headers: Record<string, string>, body: Buffer | string) {
    const socket = await openSocket(base);
    const fields = { host: 'localhost', ...(await as('Ann')), ...headers };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
    await new Promise((resolve) => socket.write(body, resolve));
    return socket;
  }

  it('has a line of an upload whose client has left in the middle', async () => {
    const requestId = randomUUID();
    const headers = { 'x-request-id': requestId, 'content-length': String(jpeg.length) };
    const socket = await begin(services.upload, 'POST /v1/images', headers, jpeg.subarray(0, 200));
    socket.destroy();
    const lines = await eventually('a line', () => linesOf(requestId).length > 0 && linesOf(requestId));
    expect(onlyLine(lines)).to.include({ operation: 'uploadImage', result: 'unanswered' });
  });

  it('has the image that was made for a client that had left when it was done', async () => {
    const created = jsonOf(await ask('createUpload', json('POST', '/v1/uploads', { contentType: 'image/jpeg' })));
    const path = `/v1/uploads/${created.uploadId}`;
    const { eTag } = jsonOf(await ask('uploadPart', { method: 'PUT', path: `${path}/parts/1`, body: jpeg }));
    const requestId = randomUUID();
    const body = JSON.stringify({ parts: [{ partNumber: 1, eTag }] });
    const headers = {
      'x-request-id': requestId,
      'content-type': 'application/json',
      'content-length': `${body.length}`,
    };
    held.hold();
    const socket = await begin(services.asyncUpload, `POST ${path}/complete`, headers, body);
    await eventually('it is hashed', held.waiting);
    socket.destroy();
    // The service answers this after it has heard that the other connection is closed.
    await ask('getUpload', { path });
    expect(linesOf(requestId)).to.deep.equal([]);
    held.letGo();
    const lines = await eventually('a line', () => linesOf(requestId).length > 0 && linesOf(requestId));
    expect(onlyLine(lines)).to.deep.equal({
      ...{ requestId, operation: 'completeUpload', who: { kind: 'jwt', id: ANN, owner: 'Ann' } },
      ...{ imageId: created.imageId, uploadId: created.uploadId, visibility: 'public' },
      ...{ address: '127.0.0.1' },
      ...{ result: 'unanswered', status: 201 },
    });
  });

  it('has no secret, query, name or metadata of any request, in any form', async () => {
    const { authorization } = await as('Ann');
    const mark = (place: string) => `SECRET-${place}-${randomUUID()}`;
    const secrets = [authorization.slice('Bearer '.length)];
    const marked = (place: string) => secrets[secrets.push(mark(place)) - 1] as string;
    const headersOf = () => ({
      ...{ 'idempotency-key': marked('key'), cookie: marked('cookie'), 'user-agent': marked('agent') },
      ...{ referer: `http://localhost/${marked('referer')}`, 'x-forwarded-for': marked('forwarded') },
    });
    const bearer = () => ({ authorization: `Bearer ${marked('bearer')}` });
    const name = marked('name');
    const disposition = { 'content-disposition': `attachment; filename="${name}.jpg"` };
    const uploading: Outgoing = { method: 'POST', path: '/v1/images?visibility=private', body: jpeg };
    const made = await ask(
      'uploadImage',
      { ...uploading, headers: { ...headersOf(), ...disposition } },
      { authorization },
    );
    const { imageId } = jsonOf(made);
    const declared = {
      contentType: 'image/jpeg',
      metadata: { [mark('field').slice(0, 40).toLowerCase()]: marked('value') },
    };
    await ask('createUpload', json('POST', '/v1/uploads', declared));
    const link = jsonOf(await ask('createLink', json('POST', image(imageId, '/links'), { target: 'original' })));
    secrets.push(String(new URL(link.url, 'http://localhost').searchParams.get('signature')));
    const asked: [OperationId, Outgoing, object][] = [
      ['getOriginal', { path: `${link.url}&download=${marked('download')}` }, headersOf()],
      ['getOriginal', { path: image(imageId, `/original?signature=${marked('signature')}`) }, headersOf()],
      ['getOriginal', { path: image(imageId, '/original') }, bearer()],
      ['deleteImage', { method: 'DELETE', path: image(imageId, `?${marked('query')}`) }, { authorization }],
      ['deleteImage', { method: 'DELETE', path: image(marked('path')) }, { authorization }],
      ['uploadImage', uploading, bearer()],
    ];
    for (const [operation, outgoing, headers] of asked) await ask(operation, outgoing, headers);
    const trail = JSON.stringify(services.audit);
    for (const secret of secrets) for (const form of formsOf(secret)) expect(trail).not.to.include(form);
    // What is looked for in these forms is found where it is.
    expect(formsOf(imageId).some((form) => trail.includes(form))).to.equal(true);
  });
});

/** How a text may stand somewhere: as it is, in base64 at any place, in hex, and percent-encoded to the last letter. */
const formsOf = (text: string): string[] => [
  text,
  // The ends of base64 depend on what stands before and behind.
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${text}`)
      .toString('base64')
      .slice(4, -4),
  ),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${text}`)
      .toString('base64url')
      .slice(4, -4),
  ),
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('hex').toUpperCase(),
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16)}`).join(''),
  encodeURIComponent(text),
];
