import { expect } from 'chai';
import type { OperationId } from '../../shared/contracts/api/routes.ts';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { addRendition } from '../../shared/storage/table/image-writes.ts';
import { failRendition } from '../../shared/storage/table/rendition-states.ts';
import { OWNER } from '../support/access/credentials.ts';
import { ROUTE_REQUESTS, type Subject } from '../support/access/route-requests.ts';
import { send } from '../support/http/http-client.ts';
import { type MarkedImage, markedImage } from '../support/images/marked-images.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { writtenUpload } from '../support/services/upload-items.ts';
import { rendition } from '../support/storage/image-records.ts';

/** Routes about something of one owner, which is hidden from all others. */
const OPERATIONS = (Object.entries(ROUTE_REQUESTS) as [OperationId, (typeof ROUTE_REQUESTS)[OperationId]][]).filter(
  ([, { about }]) => about === 'image' || about === 'bytes' || about === 'upload',
);

describe('What is hidden from a caller', () => {
  let services: Services;
  let image: MarkedImage;
  let stranger: Record<string, string>;
  let owner: Record<string, string>;
  /** What was asked of the table and the store. */
  let asked: string[] = [];
  /** The most items that a request to the table was answered with. */
  let mostItems = 0;
  before(async () => {
    const openObjects = async (openFiles: () => Promise<ObjectStore>) => recorded(await openFiles());
    services = await startServices({ owners: true, openObjects });
    services.table.documents.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          asked.push(String(commandName));
          const answer = await next(args);
          const { Items = [] } = answer.output as { Items?: unknown[] };
          mostItems = Math.max(mostItems, Items.length);
          return answer;
        },
      { step: 'initialize' },
    );
    image = await markedImage(services, 'private', OWNER);
    // Images are cached when nothing is being made for them.
    const failure = { code: 'crop_outside_image', detail: 'commands[0]: 90 is right of the image.' } as const;
    const { imageId } = image.record;
    for (const name of ['queued', 'processing']) await failRendition(services.table, { imageId, name }, failure);
    // What a caller may not know must not show in how much is read, either.
    const many = Array.from({ length: 100 }, (_, place) => rendition(`many-${place}`, { status: 'failed' }));
    await Promise.all(many.map((each) => addRendition(services.table, imageId, each)));
    [stranger, owner] = [await as('bob'), await as(OWNER)];
  });
  after(() => services.stop());

  const recorded = (objects: ObjectStore): ObjectStore =>
    new Proxy(objects, {
      get(target, name, receiver) {
        const value = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          asked.push(`objects.${String(name)}`);
          return value.apply(target, args);
        };
      },
    });

  const nobody = OPERATIONS.filter(([, { about }]) => about === 'bytes').map((each) => ['nobody', each] as const);
  for (const [who, [operationId, { request, about }]] of [
    ...OPERATIONS.map((each) => ['another owner', each] as const),
    ...nobody,
  ]) {
    it(`has ${operationId} by ${who} ask no more and no less than what is missing, first and again`, async () => {
      const caller = who === 'nobody' ? {} : stranger;
      const upload = await writtenUpload(services, { owner: OWNER });
      const subject: Subject = { image, upload, state: 'ready' };
      const base = services.baseOf(ROUTES[operationId].service);
      const outgoing = request(subject);
      // What the owner has read a moment ago is cached.
      if (outgoing.method === undefined) await send(base, { ...outgoing, headers: { ...outgoing.headers, ...owner } });
      const askedFor = async (path: string) => {
        asked = [];
        mostItems = 0;
        const { status } = await send(base, { ...outgoing, path, headers: { ...outgoing.headers, ...caller } });
        expect(status).to.equal(404);
        expect(mostItems).to.be.at.most(16);
        return asked;
      };
      const missing = outgoing.path.replace(
        about === 'upload' ? upload.uploadId : image.record.imageId,
        createImageId(),
      );
      const expected = await askedFor(missing);
      expect(expected).to.have.lengthOf.at.least(1);
      for (const path of [outgoing.path, outgoing.path, missing]) expect(await askedFor(path)).to.deep.equal(expected);
    });
  }
});
