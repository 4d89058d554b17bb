import { expect } from 'chai';
import { originalFile } from '../../../shared/contracts/api/image-view.ts';
import { PROBLEM_STATUS } from '../../../shared/contracts/api/problem.ts';
import type { Route } from '../../../shared/contracts/api/route.ts';
import { type OperationId, ROUTES } from '../../../shared/contracts/api/routes.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { VISIBILITIES, type Visibility } from '../../../shared/domain/image-record.ts';
import type { UploadRecord } from '../../../shared/domain/multipart-upload.ts';
import { type Answered, expectProblem, type Outgoing, send } from '../http/http-client.ts';
import { type MarkedImage, markedImage, RENDITION_STATES, type RenditionState } from '../images/marked-images.ts';
import { type Services, startServices } from '../services/services.ts';
import { writtenUpload } from '../services/upload-items.ts';
import { allItems } from '../storage/table-items.ts';
import { expectedOf } from './access-rule.ts';
import { API_KEYS, begunToken, CREDENTIALS, type Credential, OWNER } from './credentials.ts';
import { ROUTE_REQUESTS, type RouteRequest, type Subject } from './route-requests.ts';

/** Whether a text has a secret in it. A number counts as one of its own only: the ids in every answer have digits by chance. */
const tells = (told: string, secret: string): boolean =>
  /^\d+$/.test(secret) ? new RegExp(`(?<![\\w-])${secret}(?![\\w-])`).test(told) : told.includes(secret);

/** Nothing of the record, but of bytes that were given what they themselves tell. */
function expectNoSecrets({ status, headers, body }: Answered, { secrets }: MarkedImage, what: string): void {
  const isBytes = status === 200 && /^image\//.test(String(headers['content-type']));
  const told = `${JSON.stringify(headers)}${body.toString('latin1')}`;
  for (const [where, secret] of Object.entries(secrets)) {
    const isOfBytes = isBytes && (/in hex$/.test(where) || where === 'the time of the upload');
    if (!isOfBytes) expect(tells(told, secret), `${what} tells ${where}: ${secret}`).to.equal(false);
  }
}

/** An answer without what differs between any two, and without the id that was asked for. */
const comparable = ({ status, headers, body }: Answered, id: string) => {
  const { date: _date, 'x-request-id': requestId, ...others } = headers;
  return { status, headers: others, body: body.toString().replaceAll(id, 'ID').replace(String(requestId), '') };
};

/** What must be the same after a request that was refused. */
const stateOf = async ({ table, leftovers }: Services) => ({
  // When a key was last used is written at some time after its use.
  items: (await allItems(table)).map(({ lastUsedAt: _used, ...item }) => JSON.stringify(item)).sort(),
  others: await leftovers(),
});

interface Row {
  name: string;
  credential: Credential;
  visibility: Visibility;
  /** Whether the image was deleted. */
  isDeleted: boolean;
  expected: 'works' | ErrorCode;
  /** The renditions that are asked for, by their states. */
  states: readonly RenditionState[];
}

export interface MatrixOptions {
  signedUrls: boolean;
  /** Which routes are asked; by default all. */
  abouts?: readonly RouteRequest['about'][];
  /** Whether every credential asks for renditions of every state, and not for those of one. */
  everyState: boolean;
}

const OPERATIONS = Object.entries(ROUTE_REQUESTS) as [OperationId, RouteRequest][];

/**
 * Gives each asker the states that it asks for. If these are not all, those who are to be answered alike take turns: of what one of them is told of a
 * state, the others are told the same.
 */
function stateChooser(ofRenditions: boolean, everyState: boolean): (group: string) => readonly RenditionState[] {
  const turns = new Map<string, number>();
  return (group) => {
    if (!ofRenditions) return ['ready'];
    if (everyState) return RENDITION_STATES;
    const turn = turns.get(group) ?? 0;
    turns.set(group, turn + 1);
    return RENDITION_STATES.filter((_, place) => place === turn % RENDITION_STATES.length);
  };
}

/** Every credential with every kind of image, and what is to be expected of it. */
function rowsOf(operationId: OperationId, { signedUrls, everyState }: MatrixOptions): Row[] {
  const route: Route = ROUTES[operationId];
  const { about, ofRenditions = false } = ROUTE_REQUESTS[operationId];
  const choose = stateChooser(ofRenditions, everyState);
  const isOfImage = about === 'image' || about === 'any image' || about === 'bytes';
  return Object.entries(CREDENTIALS)
    .filter(([, { link }]) => route.links || !link)
    .filter(([, { hasBegun }]) => about === 'upload' || !hasBegun)
    .flatMap(([name, credential]) =>
      // Where no image is asked for, it is of no account who may see it.
      (isOfImage ? VISIBILITIES : (['private'] as const)).flatMap((visibility) =>
        (isOfImage ? [false, true] : [false]).map((isDeleted): Row => {
          const expected = expectedOf({ route, about, credential, visibility, signedUrls });
          const isGone = isDeleted && expected === 'works' && operationId !== 'deleteImage';
          const states = isDeleted ? (['ready'] as const) : choose(`${visibility} ${expected}`);
          return { name, credential, visibility, isDeleted, expected: isGone ? 'image_deleted' : expected, states };
        }),
      ),
    );
}

/** Defines tests that try every credential on routes, and look at what is answered and what is there afterwards. */
export function describeCredentials(options: MatrixOptions): void {
  const { signedUrls, abouts } = options;
  describe(`Credentials, SIGNED_URLS=${signedUrls ? 'on' : 'off'}`, () => {
    let services: Services;
    const images = {} as Record<Visibility, MarkedImage>;
    const deleted = {} as Record<Visibility, MarkedImage>;
    const ownersToken = CREDENTIALS["the owner's token"] as Credential;
    const makeImage = (visibility: Visibility) => markedImage(services, visibility, OWNER);
    before(async () => {
      services = await startServices({ apiKeys: API_KEYS, owners: true, signedUrls });
      for (const visibility of VISIBILITIES) {
        images[visibility] = await makeImage(visibility);
        deleted[visibility] = await makeImage(visibility);
        const path = `/v1/images/${deleted[visibility].record.imageId}`;
        expect((await ask('sync-upload', await show(ownersToken), { method: 'DELETE', path })).status).to.equal(204);
      }
    });
    after(() => services.stop());

    const freshUpload = async () => {
      const [, tokenId] = (await begunToken(services)).token.split('_');
      const metadata = { 'name-of-metadata': 'customer@example.org' };
      return writtenUpload(services, { owner: OWNER, ...(tokenId && { tokenId }), metadata });
    };

    type Shown = Pick<Credential, 'path'> & { shown: Record<string, string> };
    const show = async ({ path, headers }: Credential): Promise<Shown> => ({
      ...(path && { path }),
      shown: (await headers?.(services)) ?? {},
    });
    const ask = (service: Route['service'], credential: Shown, { path, ...outgoing }: Outgoing) =>
      send(services.baseOf(service), {
        ...outgoing,
        path: credential.path?.(path) ?? path,
        headers: { ...outgoing.headers, ...credential.shown },
      });

    for (const [operationId, entry] of OPERATIONS) {
      const route: Route = ROUTES[operationId];
      if (abouts && !abouts.includes(entry.about)) continue;
      const rows = rowsOf(operationId, options);
      const askAs = (credential: Shown, outgoing: Outgoing) => ask(route.service, credential, outgoing);
      const answersOf = (credential: Shown, outgoing: Outgoing) =>
        Promise.all([
          askAs(credential, outgoing),
          ...(route.method === 'GET' && outgoing.method === undefined
            ? [askAs(credential, { ...outgoing, method: 'HEAD' })]
            : []),
        ]);

      /** Asks for another id in the same way: everything about that answer but the id must be the same. */
      async function expectAsMissing(shown: Shown, { image, upload }: Subject, outgoing: Outgoing, answer: Answered) {
        const id = entry.about === 'upload' ? upload.uploadId : image.record.imageId;
        const missing = createImageId();
        const other = await askAs(shown, { ...outgoing, path: outgoing.path.replace(id, missing) });
        expect(comparable(answer, id)).to.deep.equal(comparable(other, missing));
      }

      it(`${operationId} tells nothing to those who may not, and changes nothing for them`, async () => {
        const upload = await freshUpload();
        const credentials = await Promise.all(rows.map(({ credential }) => show(credential)));
        const before = await stateOf(services);
        for (const [index, row] of rows.entries()) {
          const { expected: code, isDeleted, visibility, states } = row;
          if (code === 'works') continue;
          const credential = credentials[index] as Shown;
          const image = (isDeleted ? deleted : images)[visibility];
          for (const state of states) {
            const subject = { image, upload, state };
            const what = `${operationId} of a ${visibility} image, ${state}, with ${row.name}`;
            const outgoing = entry.request(subject);
            const [answer, head = answer] = await answersOf(credential, outgoing);
            // HEAD has no body.
            if (outgoing.method === 'HEAD') expect(answer.status, what).to.equal(PROBLEM_STATUS[code]);
            else expectProblem(answer, code);
            expect([head.status, head.headers['cache-control']], what).to.deep.equal([answer.status, 'no-store']);
            if (answer.status === 401) expect(answer.headers['www-authenticate'], what).to.match(/^Bearer/);
            expectNoSecrets(answer, image, what);
            if (/^(image|upload)_not_found$/.test(code)) await expectAsMissing(credential, subject, outgoing, answer);
          }
        }
        expect(await stateOf(services)).to.deep.equal(before);
      });

      it(`${operationId} works for those who may, and shows them no more`, async () => {
        const allowed = rows.filter(({ expected }) => expected === 'works');
        const subjects = [];
        for (const row of allowed) {
          const { isDeleted, visibility } = row;
          const known = (isDeleted ? deleted : images)[visibility];
          // What is changed is an image of its own.
          const isChanged = entry.writes && !isDeleted && /image$/.test(entry.about);
          const image = isChanged ? await makeImage(visibility) : known;
          const upload = entry.about === 'upload' ? await freshUpload() : ({} as UploadRecord);
          for (const state of row.states)
            subjects.push({ row, credential: await show(row.credential), subject: { image, upload, state } });
        }
        const before = await stateOf(services);
        for (const { row, credential, subject } of subjects) {
          const what = `${operationId} of a ${row.visibility} image, ${subject.state}, with ${row.name}`;
          const [answer, head = answer] = await answersOf(credential, entry.request(subject));
          const status = typeof entry.status === 'number' ? entry.status : entry.status(subject.state);
          expect(answer.status, `${what}: ${answer.body.subarray(0, 500)}`).to.equal(status);
          expect([head.status, head.headers['cache-control']], what).to.deep.equal([
            ...[answer.status, answer.headers['cache-control']],
          ]);
          const { owner, link } = row.credential;
          if ((owner !== OWNER || link) && entry.about !== 'nothing' && !entry.tellsOwner)
            expectNoSecrets(answer, subject.image, what);
        }
        const after = await stateOf(services);
        if (entry.writes) expect(after).to.not.deep.equal(before);
        else expect(after).to.deep.equal(before);
      });
    }

    it('find in the answers to the owner what they look for in others', async () => {
      const subject = { image: images.private, upload: {} as UploadRecord, state: 'failed' } as const;
      const answerTo = async (operationId: OperationId) =>
        ask('download', await show(ownersToken), ROUTE_REQUESTS[operationId].request(subject));
      const record = await answerTo('getImage');
      const { 'the upload': _kept, 'the name of a field': _never, ...shown } = subject.image.secrets;
      const told = `${JSON.stringify(record.headers)}${record.body}`;
      for (const [where, secret] of Object.entries(shown)) {
        if (!/in hex$/.test(where)) expect(told, where).to.include(secret);
      }
      expect(told).to.include(originalFile(subject.image.record));
      expect((await answerTo('getRendition')).body.toString()).to.include(shown['the watermark']);
    });
  });
}
