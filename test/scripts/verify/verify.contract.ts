import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type Finding, isFault } from '../../../scripts/verify/findings.ts';
import { IMAGE_TABLE, renditionSortKey } from '../../../shared/contracts/table.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { type ImageRecord, VISIBILITIES } from '../../../shared/domain/image-record.ts';
import { MODERATION_SETTINGS } from '../../../shared/domain/moderation.ts';
import type { UploadRecord } from '../../../shared/domain/multipart-upload.ts';
import { originalKey, renditionKey, renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { deleteImageRecord } from '../../../shared/storage/table/image-deletion.ts';
import { epochSeconds, readImage, recordKey } from '../../../shared/storage/table/image-table.ts';
import { addRendition } from '../../../shared/storage/table/image-writes.ts';
import { finishRendition, remakeRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { photograph } from '../../support/images/photographs.ts';
import { rewriteUpload, writtenUpload } from '../../support/services/upload-items.ts';
import { bodyOf, storedObject } from '../../support/storage/bodies.ts';
import { changeRecord, rendition } from '../../support/storage/image-records.ts';
import type { VerifiedPlace } from '../../support/storage/verified-place.ts';

const HASH = 'f'.repeat(32);

const told = ({ kind, key, done }: Finding): string => [kind, key, ...(done ? [done] : [])].join(' ');

/** What verify finds on every store and table. */
export function describeVerify(label: string, open: () => Promise<VerifiedPlace>): void {
  describe(`npm run verify: ${label}`, () => {
    let place: VerifiedPlace;
    const toldBy = async (options: Parameters<VerifiedPlace['run']>[0] = {}) =>
      (await place.run(options)).findings.map(told).sort();

    beforeEach(async () => {
      place = await open();
    });
    afterEach(() => place?.close());

    it('finds nothing where all is well, and has looked at all of it', async () => {
      for (let count = 0; count < 3; count += 1) await place.store();
      const { findings, counts } = await place.run();
      expect(findings).to.deep.equal([]);
      expect(counts).to.include({ records: 6, objects: 6, bytesRead: 3 * 2700, faults: 0, young: 0 });
    });

    for (const quick of [false, true]) {
      it(`finds what is lost, what is different, and what is in no record${quick ? ', by lengths' : ''}`, async () => {
        const [lost, cut, altered, ...well] = await Promise.all(Array.from({ length: 6 }, () => place.store()));
        if (!lost || !cut || !altered) throw new Error('six were stored');
        const extra = randomUUID();
        await place.objects.delete(lost.original);
        await place.put(cut.original, randomBytes(1999));
        await place.put(altered.original, randomBytes(2000));
        await place.objects.delete(altered.rendition);
        await place.put(cut.rendition, randomBytes(699));
        await place.put(lost.rendition, randomBytes(700));
        await place.put(originalKey(extra), Buffer.from('extra'));
        await place.put('originals/photo.jpg', Buffer.from('of somebody'));
        await place.put(`${renditionsPrefix(extra)}${HASH}.webp`, Buffer.from('extra'));
        await place.put(`${renditionsPrefix(String(well[0]?.record.imageId))}${HASH}.webp`, Buffer.from('extra'));
        const { findings, counts } = await place.run({ quick });
        expect(findings.map(told)).to.have.members([
          `lost ${lost.original}`,
          `different ${cut.original}`,
          `different ${cut.rendition}`,
          ...(quick ? [] : [`different ${altered.original}`, `different ${lost.rendition}`]),
          `expired ${altered.rendition}`,
          `unrecorded ${originalKey(extra)}`,
          'unrecorded originals/photo.jpg',
          `unrecorded ${renditionsPrefix(extra)}${HASH}.webp`,
          `unrecorded ${renditionsPrefix(String(well[0]?.record.imageId))}${HASH}.webp`,
        ]);
        expect(counts.faults).to.equal(findings.length - 1);
        expect(findings.filter((finding) => !isFault(finding)).map(told)).to.deep.equal([
          `expired ${altered.rendition}`,
        ]);
        const orphan = findings.find(({ key }) => key === originalKey(extra));
        const hash = storedObject(Buffer.from('extra')).checksumSha256;
        expect(orphan).to.deep.include({ imageId: extra, contentLength: 5, ...(!quick && { checksumSha256: hash }) });
        expect(orphan?.lastModified).to.match(/^\d{4}-.*Z$/);
      });
    }

    it('tells whose an image is, also where its record is damaged, and of one owner only when told', async () => {
      const [ours, others, damaged] = [await place.store(), await place.store(), await place.store()];
      for (const { original } of [ours, others]) await place.objects.delete(original);
      for (const { record } of [others, damaged]) await changeRecord(place.table, record.imageId, { owner: 'bob' });
      await changeRecord(place.table, damaged.record.imageId, { contentLength: 'many' as never });
      const { findings } = await place.run();
      expect(findings.map(({ kind, imageId, owner }) => [kind, imageId, owner])).to.deep.include.members([
        ['lost', ours.record.imageId, 'local'],
        ['lost', others.record.imageId, 'bob'],
        ['damaged', damaged.record.imageId, 'bob'],
      ]);
      const { findings: bobs } = await place.run({ owner: 'bob' });
      expect(bobs.map(({ owner }) => owner))
        .to.have.lengthOf.at.least(2)
        .and.to.satisfy((owners: string[]) => owners.every((owner) => owner === 'bob'));
    });

    it('takes neither a deleted image for lost nor a rendition that is being made for one in no record', async () => {
      const { record, rendition } = await place.store();
      await remakeRendition(place.table, { imageId: record.imageId, name: 'thumb' });
      const deleted = await place.store();
      await deleteImageRecord(place.table, deleted.record.imageId);
      for (const key of [deleted.original, deleted.rendition]) await place.objects.delete(key);
      expect(await toldBy({ removeOrphans: true })).to.deep.equal([]);
      await place.objects.head(rendition);
    });

    it('finds what is left of a deleted image, adopts none of it, and removes its renditions when told', async () => {
      const { record, original, rendition } = await place.store();
      await deleteImageRecord(place.table, record.imageId);
      expect(await toldBy({ adopt: true })).to.deep.equal([`unrecorded ${original}`, `unrecorded ${rendition}`]);
      expect(await toldBy({ adopt: true, removeOrphans: true })).to.deep.equal([
        `unrecorded ${original}`,
        `unrecorded ${rendition} removed`,
      ]);
      expect((await readImage(place.table, record.imageId))?.record.status).to.equal('deleted');
      expect(await toldBy()).to.deep.equal([`unrecorded ${original}`]);
    });

    it('adopts nothing of a deleted image whose tombstone is past its time and still there', async () => {
      const { record, original } = await place.store(await photograph('png'));
      await deleteImageRecord(place.table, record.imageId);
      await place.objects.deletePrefix(renditionsPrefix(record.imageId));
      const { documents, tableName } = place.table;
      await documents.send(
        new UpdateCommand({
          TableName: tableName,
          Key: recordKey(record.imageId),
          UpdateExpression: 'SET removeAfter = :past',
          ExpressionAttributeValues: { ':past': 1 },
        }),
      );
      const { findings } = await place.run({ adopt: true });
      expect(findings.map(told)).to.deep.equal([`unrecorded ${original}`]);
      expect(findings[0]?.detail).to.match(/It is not adopted: its image was deleted\.$/);
    });

    it('counts what is too young to tell, and does not report it', async () => {
      await place.put(originalKey(randomUUID()), Buffer.from('just now'));
      const { findings, counts } = await place.run({ ageMs: 60_000 });
      expect([findings, counts.young, counts.faults]).to.deep.equal([[], 1, 0]);
    });

    it('takes parts of an upload that is open, and the object of one that is being completed, for no fault, and those of no upload for one', async () => {
      const open = await writtenUpload(place, {});
      const left = originalKey(randomUUID());
      const storeUploadId = await place.objects.createMultipartUpload(left, { contentType: 'image/jpeg' });
      for (const upload of [
        { key: left, storeUploadId },
        { ...open, key: originalKey(open.imageId) },
      ]) {
        const part = { partNumber: 1, contentLength: 4 };
        await place.objects.uploadPart(upload, part, bodyOf(Buffer.from('part')));
      }
      const held = await writtenUpload(place, { status: 'completing' });
      await rewriteUpload(place.table, held.uploadId, { claimedUntil: epochSeconds() + 60 });
      await place.put(originalKey(held.imageId), Buffer.from('put together'));
      expect(await toldBy()).to.deep.equal([`unrecorded ${left}`]);
      expect(await toldBy({ adopt: true, removeOrphans: true })).to.deep.equal([`unrecorded ${left} removed`]);
      expect(await toldBy()).to.deep.equal([]);
    });

    it('removes no parts of an upload that was begun after an earlier run had gone through the table, also where the clock went back', async () => {
      const upload = await writtenUpload(place, {});
      const key = originalKey(upload.imageId);
      const suspect = { of: 'upload' as const, key, storeUploadId: upload.storeUploadId };
      for (const startedAt of [Date.now(), Date.now() + 1e9]) {
        for (const earlier of [{ cursor: undefined }, { cursor: true, suspects: [suspect] }]) {
          const { findings } = await place.run({ removeOrphans: true }, { phase: 'uploads', startedAt, ...earlier });
          expect(findings).to.deep.equal([]);
        }
      }
      await place.objects.listParts({ ...upload, key }, { maxParts: 1, partNumberMarker: 0 });
    });

    it('adopts nothing of an upload that was begun after an earlier run had gone through the table, and is being completed', async () => {
      const held = await writtenUpload(place, { status: 'completing', contentType: 'image/png' });
      await rewriteUpload(place.table, held.uploadId, { claimedUntil: epochSeconds() + 60 });
      await place.put(originalKey(held.imageId), await photograph('png'));
      for (const startedAt of [Date.now(), Date.now() + 1e9]) {
        const { findings } = await place.run({ adopt: true }, { phase: 'originals', startedAt });
        expect(findings).to.deep.equal([]);
      }
    });

    it('finds and adopts the object of an upload that was being completed when everything was stopped', async () => {
      const held = await writtenUpload(place, { status: 'completing', contentType: 'image/png' });
      await rewriteUpload(place.table, held.uploadId, { claimedUntil: epochSeconds() + 60 });
      const key = originalKey(held.imageId);
      await place.put(key, await photograph('png'));
      expect(await toldBy({ isStopped: true })).to.deep.equal([`unrecorded ${key}`]);
      expect(await toldBy({ isStopped: true, adopt: true })).to.deep.equal([`unrecorded ${key} adopted`]);
      expect(await toldBy()).to.deep.equal([]);
    });

    it('removes no parts as long as the record of some upload is damaged, which may be theirs', async () => {
      const left = originalKey(randomUUID());
      await place.objects.createMultipartUpload(left, { contentType: 'image/jpeg' });
      for (const wrong of [{ signed: 5 }, { validUntil: 'tomorrow' }, { status: 'shut' }, { imageId: 7 }]) {
        const upload = await writtenUpload(place, {});
        const key = originalKey(upload.imageId);
        await rewriteUpload(place.table, upload.uploadId, wrong);
        const { findings } = await place.run({ removeOrphans: true });
        expect(findings.map(told)).to.have.members([
          `damaged UPLOAD#${upload.uploadId} UPLOAD`,
          `unrecorded ${left}`,
          `unrecorded ${key}`,
        ]);
        const { detail } = findings.find((finding) => finding.key === key) ?? {};
        expect(detail).to.match(/^Its parts may be of an upload whose record is damaged/);
        await rewriteUpload(place.table, upload.uploadId, { ...upload, signed: undefined });
      }
      expect(await toldBy({ removeOrphans: true })).to.deep.equal([`unrecorded ${left} removed`]);
    });

    for (const status of ['open', 'completing'] as const) {
      it(`finds the original of an upload that is ${status}, held by nobody, and adopts it as it was declared`, async () => {
        const declared = { owner: 'ada', visibility: 'public', metadata: { title: 'A day' }, contentType: 'image/png' };
        const upload = await writtenUpload(place, { status, ...declared } as Partial<UploadRecord>);
        const key = originalKey(upload.imageId);
        await place.put(key, await photograph('png'));
        const [told] = (await place.run()).findings;
        expect(told).to.include({ kind: 'unrecorded', key });
        expect(told?.detail).to.include(`its upload ${upload.uploadId} has not been completed.`);
        expect(await toldBy({ adopt: true, removeOrphans: true })).to.deep.equal([`unrecorded ${key} adopted`]);
        const { record } = (await readImage(place.table, upload.imageId)) ?? {};
        expect(record).to.deep.include({ status: 'stored', uploadId: upload.uploadId, ...declared });
        expect(await toldBy()).to.deep.equal([]);
      });
    }

    it('adopts no original of an upload that was declared with another SHA-256 or as another format', async () => {
      const checksumSha256 = createHash('sha256').update('other').digest('base64');
      for (const declared of [{ checksumSha256 }, { contentType: 'image/gif' }] as Partial<UploadRecord>[]) {
        const upload = await writtenUpload(place, { contentType: 'image/png', ...declared });
        const key = originalKey(upload.imageId);
        await place.put(key, await photograph('png'));
        expect(await toldBy({ adopt: true })).to.deep.equal([`unrecorded ${key}`]);
        await place.objects.delete(key);
      }
    });

    const BOUNDS: Record<string, [declared: Partial<UploadRecord>, says: RegExp]> = {
      'of a type that its token does not allow': [{ types: ['image/jpeg'] }, /takes no image\/png/],
      'longer than its token allows': [{ maxBytes: 10 }, /takes 10 bytes/],
      'longer than was declared': [{ contentLength: 10 }, /declared to have 10 bytes/],
    };
    for (const [what, [declared, says]] of Object.entries(BOUNDS)) {
      it(`adopts no original of an upload that is ${what}, whatever it is told of visibility and moderation`, async () => {
        const upload = await writtenUpload(place, { contentType: 'application/octet-stream', ...declared });
        const key = originalKey(upload.imageId);
        await place.put(key, await photograph('png'));
        const { findings } = await place.run({ adopt: true, visibility: 'public', moderation: 'off' });
        expect(findings.map(told)).to.deep.equal([`unrecorded ${key}`]);
        expect(findings[0]?.detail).to.match(says);
        expect(await readImage(place.table, upload.imageId, { consistent: true })).to.equal(undefined);
      });
    }

    for (const moderation of MODERATION_SETTINGS) {
      for (const visibility of VISIBILITIES) {
        for (const isOfUpload of [true, false]) {
          const isWaiting = moderation === 'all' || (moderation === 'public' && visibility === 'public');
          const whose = isOfUpload ? 'that its upload declares as' : 'that is said to be';
          it(`lets ${isWaiting ? 'wait' : 'nobody wait'} with moderation ${moderation} for an original ${whose} ${visibility}`, async () => {
            const upload = await writtenUpload(place, { contentType: 'image/png', visibility });
            const imageId = isOfUpload ? upload.imageId : createImageId();
            await place.put(originalKey(imageId), await photograph('png'));
            const told = isOfUpload ? ({ visibility: 'public' } as const) : { visibility };
            const { findings } = await place.run({ adopt: true, moderation, ...told });
            const { record } = (await readImage(place.table, imageId, { consistent: true })) ?? {};
            expect(record).to.include({ visibility });
            if (isWaiting) expect(record).to.have.property('moderation', 'pending');
            else expect(record).to.not.have.property('moderation');
            expect(/It waits for a decision/.test(findings[0]?.detail ?? '')).to.equal(isWaiting);
          });
        }
      }
    }

    /** Does something behind a read of the store, each by its number, while verify is at work. */
    const behind = (verb: 'get' | 'head', number: number, work: () => Promise<unknown>) => {
      const { [verb]: read } = place.objects;
      let count = 0;
      const interrupted = async (key: string) => {
        const found = await read(key);
        count += 1;
        if (count === number) await work();
        return found;
      };
      Object.assign(place.objects, { [verb]: interrupted });
      return () => Object.assign(place.objects, { [verb]: read });
    };

    for (const status of ['aborted', 'rejected'] as const) {
      for (const [moment, verb, number] of [
        ['while it is read', 'get', 1],
        ['while its record is written', 'head', 2],
      ] as const) {
        it(`adopts no original whose upload is ${status} ${moment}`, async () => {
          const upload = await writtenUpload(place, { contentType: 'image/png' });
          const key = originalKey(upload.imageId);
          await place.put(key, await photograph('png'));
          const restore = behind(verb, number, () => rewriteUpload(place.table, upload.uploadId, { status }));
          const { findings } = await place.run({ adopt: true });
          restore();
          expect(findings.map(told)).to.deep.equal([`unrecorded ${key}`]);
          expect(findings[0]?.detail).to.match(new RegExp(`It is not adopted: its upload was ${status}\\.$`));
          expect(await readImage(place.table, upload.imageId, { consistent: true })).to.equal(undefined);
          await place.objects.head(key);
        });
      }
    }

    it('leaves no record of an original that is deleted while it is adopted', async () => {
      const id = randomUUID();
      await place.put(originalKey(id), await photograph('png'));
      const restore = behind('get', 1, () => place.objects.delete(originalKey(id)));
      expect(await toldBy({ adopt: true })).to.deep.equal([]);
      restore();
      expect(await readImage(place.table, id, { consistent: true })).to.equal(undefined);
    });

    it('removes renditions that are different, and originals never', async () => {
      const { original, rendition } = await place.store();
      await place.put(original, randomBytes(2000));
      await place.put(rendition, randomBytes(700));
      const all = { dropDamaged: true, removeOrphans: true, adopt: true };
      expect(await toldBy(all)).to.deep.equal([`different ${original}`, `different ${rendition} removed`]);
      expect(await toldBy(all)).to.deep.equal([`different ${original}`, `expired ${rendition}`]);
    });

    /** Writes into the record of an image's rendition what no service would. */
    const tamper = (imageId: string, values: Record<string, unknown>) =>
      place.table.documents.send(
        new UpdateCommand({
          TableName: place.table.tableName,
          Key: { ...recordKey(imageId), [IMAGE_TABLE.sortKey]: renditionSortKey('thumb') },
          UpdateExpression: 'SET facts = :facts',
          ExpressionAttributeValues: { ':facts': values },
        }),
      );

    it('removes nothing that a record names and that is no rendition of its own image, nor what it may have named', async () => {
      const victim = await place.store();
      const known = { contentType: 'image/webp', ...storedObject(Buffer.from('of another')), width: 1, height: 1 };
      const foreign: unknown[] = [
        victim.original,
        victim.rendition,
        `${victim.rendition}/../../../${victim.original}`,
        'renditions/photo.jpg',
        '../../../etc/hostname',
        '',
        7,
      ];
      const tampered = [];
      for (const key of [...foreign, undefined]) {
        const image = await place.store();
        await tamper(image.record.imageId, key === undefined ? known : { ...known, key });
        tampered.push(image);
      }
      const truthful = await place.store();
      const { contentLength, checksumSha256 } = victim.record;
      await tamper(truthful.record.imageId, { ...known, key: victim.original, contentLength, checksumSha256 });
      const all = { dropDamaged: true, removeOrphans: true, adopt: true };
      const { findings } = await place.run(all);
      const ofRecords = findings.filter(({ kind }) => kind === 'different');
      expect(ofRecords.map(({ imageId }) => imageId)).to.have.members(
        [...tampered, truthful].map(({ record }) => record.imageId),
      );
      for (const { detail } of ofRecords) expect(detail).to.equal('Its record names a key that is none of its own.');
      expect(findings.filter(({ kind }) => kind !== 'different').map(told)).to.have.members(
        [...tampered, truthful].map(({ rendition }) => `unrecorded ${rendition}`),
      );
      expect(findings.filter(({ done }) => done)).to.deep.equal([]);
      for (const { original, rendition } of [victim, ...tampered, truthful]) {
        await place.objects.head(original);
        await place.objects.head(rendition);
      }
    });

    it('removes no rendition that another record of its image names, whatever the record of a sibling says', async () => {
      const all = { dropDamaged: true, removeOrphans: true };
      for (const differs of [true, false]) {
        const { record, rendition: good } = await place.store();
        const { imageId } = record;
        const sibling = rendition('small', differs ? { output: { format: 'webp', quality: 7 } } : {});
        await addRendition(place.table, imageId, sibling);
        const own = renditionKey(record, sibling, 'webp');
        expect(own === good).to.equal(!differs);
        if (differs) await place.put(own, randomBytes(300));
        const known = { contentType: 'image/webp', ...storedObject(Buffer.from('other')), width: 1, height: 1 };
        await startRendition(place.table, { imageId, name: 'small' });
        await finishRendition(place.table, { imageId, name: 'small' }, { ...known, key: good });
        const { findings } = await place.run(all);
        const wrong = `different ${good}`;
        expect(findings.map(told)).to.have.members(differs ? [wrong, `unrecorded ${own}`] : [wrong]);
        expect(findings[0]).to.include({ imageId, rendition: 'small' });
        await Promise.all([good, own].map((key) => place.objects.head(key)));
        await deleteImageRecord(place.table, imageId);
        for (const key of [originalKey(imageId), good, own]) await place.objects.delete(key);
      }
    });

    const put = (Item: Record<string, unknown>) =>
      place.table.documents.send(new PutCommand({ TableName: place.table.tableName, Item }));
    const DAMAGED: Record<string, (record: ImageRecord) => Record<string, unknown>> = {
      'nothing but their key': () => ({}),
      'another imageId': (record) => ({ ...record, imageId: randomUUID() }),
      'no checksum': ({ checksumSha256: _lost, ...record }) => record,
    };

    for (const [what, damaged] of Object.entries(DAMAGED)) {
      it(`names records that have ${what}, and drops and adopts them when told, with their renditions`, async () => {
        const { record, original } = await place.store(await photograph('png'));
        const well = await place.store();
        await put({ ...recordKey(record.imageId), ...damaged(record) });
        const key = `damaged IMAGE#${record.imageId} RECORD`;
        const { findings, counts } = await place.run({ removeOrphans: true });
        expect(findings.map(told)).to.deep.equal([key]);
        expect(findings[0]).to.include({ what: 'record', imageId: record.imageId });
        expect(findings[0]?.detail).to.match(/^The record of the image does not say what it should: [\w, ]+\.$/);
        expect([counts.faults, counts.records]).to.deep.equal([1, 3]);
        expect(await toldBy({ dropDamaged: true, adopt: true, removeOrphans: true })).to.have.members([
          `${key} dropped`,
          `unrecorded ${original} adopted`,
        ]);
        expect(await toldBy()).to.deep.equal([]);
        const adopted = await readImage(place.table, record.imageId, { consistent: true });
        expect(adopted?.renditions.map(({ status }) => status)).to.deep.equal(['ready']);
        expect((await readImage(place.table, well.record.imageId))?.record).to.deep.equal(well.record);
      });
    }

    it('names every other kind of item that is damaged, and drops it when told', async () => {
      const { record, rendition } = await place.store();
      const keys = [
        { pk: `IMAGE#${record.imageId}`, sk: 'RENDITION#thumb' },
        { pk: `UPLOAD#${randomUUID()}`, sk: 'UPLOAD' },
        { pk: `UPLOAD#${randomUUID()}`, sk: 'PART#1#token' },
        { pk: 'UPLOADS#local', sk: 'DAY#2026-01-02' },
        { pk: 'IDEMPOTENCY#local#key', sk: 'ANSWER' },
      ];
      for (const key of keys) await put(key);
      const expected = keys.map(({ pk, sk }) => `damaged ${pk} ${sk}`);
      expect(await toldBy({ removeOrphans: true })).to.have.members([...expected, `unrecorded ${rendition}`]);
      await place.objects.head(rendition);
      expect(await toldBy({ dropDamaged: true })).to.include.members(expected.map((line) => `${line} dropped`));
      expect(await toldBy()).to.deep.equal([`unrecorded ${rendition}`]);
    });

    it('adopts originals with all that their bytes show, once, and leaves what is no image', async () => {
      const [photo, drawing, junk] = [randomUUID(), randomUUID(), randomUUID()];
      const bytes = await photograph('png', 40, 30);
      await place.put(originalKey(photo), bytes);
      await place.put(originalKey(drawing), await photograph('svg', 20, 10));
      await place.put(originalKey(junk), Buffer.from('no image at all'));
      const begun = Date.now();
      expect(await toldBy({ adopt: true, owner: 'ada', visibility: 'public', quick: true })).to.have.members([
        `unrecorded ${originalKey(photo)} adopted`,
        `unrecorded ${originalKey(drawing)} adopted`,
        `unrecorded ${originalKey(junk)}`,
      ]);
      const { record } = (await readImage(place.table, photo)) ?? {};
      const facts = { contentType: 'image/png', width: 40, height: 30, owner: 'ada', status: 'stored' };
      expect(record).to.include({ imageId: photo, ...facts, ...storedObject(bytes) });
      expect(record).to.have.property('visibility', 'public');
      if (record?.status !== 'stored') throw new Error('the image is stored');
      expect(Math.abs(Date.parse(record.createdAt) - begun)).to.be.below(60_000);
      expect((await readImage(place.table, drawing))?.record).to.include({ contentType: 'image/svg+xml', width: 20 });
      expect(await toldBy({ adopt: true })).to.deep.equal([`unrecorded ${originalKey(junk)}`]);
      const { body } = await place.objects.get(originalKey(photo));
      expect((await buffer(body)).equals(bytes)).to.equal(true);
    });

    it('adopts as private unless told otherwise, because nobody knows what an image was', async () => {
      const id = randomUUID();
      await place.put(originalKey(id), await photograph('png'));
      await place.run({ adopt: true });
      expect((await readImage(place.table, id))?.record).to.include({ visibility: 'private', owner: 'local' });
    });
  });
}
