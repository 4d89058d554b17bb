/** How often a call is made in one operation: a number, and more for each rendition of the image and each part of the upload. */
export interface Times {
  once?: number;
  perRendition?: number;
  perPart?: number;
}

/** What the table holds (shared/contracts/table.ts). `image` is a record with all its renditions, which one query reads. */
export type ItemName =
  | 'record'
  | 'queued rendition'
  | 'ready rendition'
  | 'upload'
  | 'part claim'
  | 'counter'
  | 'request window'
  | 'uploads at once'
  | 'tombstone';
export type ReadName = ItemName | 'image' | 'new image' | 'page of records' | 'nothing';

/** One call of an AWS service. Calls of DynamoDB say which item they write or read, because they are billed by its size. */
export type AwsCall = Times &
  (
    | { service: 's3'; api: S3Api }
    | { service: 'sqs'; api: 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage' }
    | { service: 'dynamodb'; api: 'PutItem' | 'UpdateItem' | 'DeleteItem'; writes: ItemName; indexes?: number }
    | { service: 'dynamodb'; api: 'GetItem' | 'Query'; reads: ReadName; consistent: boolean }
    | { service: 'cloudfront'; api: 'CreateInvalidation' }
  );

/** How S3 bills its calls: https://aws.amazon.com/s3/pricing/ (read 2026-11-30). Deletions are free, also of several objects. */
export const S3_BILLING = {
  PutObject: 'put',
  CreateMultipartUpload: 'put',
  UploadPart: 'put',
  CompleteMultipartUpload: 'put',
  ListParts: 'put',
  ListObjectsV2: 'put',
  GetObject: 'get',
  HeadObject: 'get',
  DeleteObject: 'free',
  DeleteObjects: 'free',
} as const satisfies Record<string, 'put' | 'get' | 'free'>;
export type S3Api = keyof typeof S3_BILLING;

const ONCE: Times = { once: 1 };
const s3 = (api: S3Api, times = ONCE): AwsCall => ({ service: 's3', api, ...times });
const sqs = (api: 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage'): AwsCall => ({ service: 'sqs', api, ...ONCE });
const write = (
  api: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  writes: ItemName,
  { indexes = 0, ...times }: Times & { indexes?: number } = ONCE,
): AwsCall => ({ service: 'dynamodb', api, writes, indexes, ...(Object.keys(times).length > 0 ? times : ONCE) });
const get = (reads: ReadName, times = ONCE): AwsCall => ({
  service: 'dynamodb',
  api: 'GetItem',
  reads,
  consistent: true,
  ...times,
});
const query = (reads: ReadName, { consistent }: { consistent: boolean }): AwsCall => ({
  service: 'dynamodb',
  api: 'Query',
  reads,
  consistent,
  ...ONCE,
});
const CONSISTENT = { consistent: true };
const EVENTUAL = { consistent: false };

/** Nothing new is taken of an owner who is being erased (shared/services/owner-limits.ts). */
const ASK_WHETHER_ERASED: AwsCall = query('counter', CONSISTENT);

/** A new image: its renditions first, then the record, which is also in the index of the list. */
const CREATE_IMAGE: readonly AwsCall[] = [
  write('PutItem', 'queued rendition', { perRendition: 1 }),
  write('PutItem', 'record', { indexes: 1 }),
];

/** An image takes its place among those of its owner before its message is sent, its renditions are counted, and its place is settled after its record. */
const COUNT_IMAGE: readonly AwsCall[] = [write('UpdateItem', 'counter', { once: 3 })];

/** Renditions, or the processor time of a message, are added to those of the owner's day. */
const COUNT_WORK: AwsCall = write('UpdateItem', 'counter');

/** What each rendition of a message takes: the attempt is counted before the decode, then the result is stored and recorded. */
const MAKE_RENDITION: readonly AwsCall[] = [
  write('UpdateItem', 'queued rendition', { perRendition: 1 }),
  s3('PutObject', { perRendition: 1 }),
  write('UpdateItem', 'ready rendition', { perRendition: 1 }),
];

/** Record and renditions of an image that is deleted, and its objects. */
const deleteImage = (tombstone: AwsCall): readonly AwsCall[] => [
  query('image', CONSISTENT),
  tombstone,
  query('image', CONSISTENT),
  write('DeleteItem', 'ready rendition', { perRendition: 1 }),
  // It leaves the count of its owner by two writes, one before and one after its tombstone.
  write('UpdateItem', 'counter', { once: 2 }),
  query('counter', CONSISTENT),
  s3('DeleteObject'),
  s3('ListObjectsV2'),
  s3('DeleteObjects'),
];

/**
 * The calls that one operation makes if nothing fails, is repeated or is answered from a cache, read from the code that is named at each. An
 * upload has no Idempotency-Key, and its length is announced; parts pass through the service, and each reads the upload's record once.
 */
export const REQUESTS_PER_OPERATION = {
  /** containers/sync-upload/store-image.ts */
  uploadImage: [ASK_WHETHER_ERASED, s3('PutObject'), ...COUNT_IMAGE, sqs('SendMessage'), ...CREATE_IMAGE],
  /** containers/async-upload/create-upload.ts */
  createUpload: [
    ASK_WHETHER_ERASED,
    write('UpdateItem', 'counter'),
    s3('CreateMultipartUpload'),
    write('PutItem', 'upload', { indexes: 1 }),
    ASK_WHETHER_ERASED,
  ],
  /** containers/async-upload/upload-part.ts, upload-size.ts: for all parts of an upload together. */
  uploadParts: [
    get('upload', { perPart: 2 }),
    write('PutItem', 'part claim', { perPart: 1 }),
    s3('UploadPart', { perPart: 1 }),
    write('DeleteItem', 'part claim', { perPart: 1 }),
  ],
  /** containers/async-upload/complete-upload.ts, assemble-image.ts */
  completeUpload: [
    get('upload', { once: 2 }),
    ASK_WHETHER_ERASED,
    write('UpdateItem', 'upload', { once: 4, indexes: 1 }),
    query('nothing', CONSISTENT),
    s3('ListParts'),
    ASK_WHETHER_ERASED,
    s3('CompleteMultipartUpload'),
    s3('GetObject', { once: 2 }),
    ...COUNT_IMAGE,
    sqs('SendMessage'),
    ...CREATE_IMAGE,
    write('UpdateItem', 'counter'),
    query('new image', CONSISTENT),
  ],
  /** containers/worker/process-message.ts, render-renditions.ts: the message of an upload, with the description of the image. */
  processUpload: [
    sqs('ReceiveMessage'),
    query('new image', CONSISTENT),
    s3('GetObject'),
    ...MAKE_RENDITION,
    write('UpdateItem', 'record', { indexes: 1 }),
    COUNT_WORK,
    sqs('DeleteMessage'),
  ],
  /** containers/sync-upload/request-renditions.ts: one rendition that is asked for later. */
  requestRendition: [
    ASK_WHETHER_ERASED,
    query('image', CONSISTENT),
    COUNT_WORK,
    sqs('SendMessage'),
    write('PutItem', 'queued rendition'),
    write('UpdateItem', 'record', { indexes: 1 }),
  ],
  /** The message of one rendition that was asked for later, or whose object had expired. */
  processRendition: [
    sqs('ReceiveMessage'),
    query('image', CONSISTENT),
    s3('GetObject'),
    ...MAKE_RENDITION.map(({ perRendition, ...call }) => ({ ...call, once: 1 }) as AwsCall),
    COUNT_WORK,
    sqs('DeleteMessage'),
  ],
  /** containers/download/send-rendition.ts, rendition-requests.ts: the read that finds the object expired, and asks for it again. */
  findExpiredRendition: [
    query('image', EVENTUAL),
    s3('GetObject'),
    query('image', CONSISTENT),
    COUNT_WORK,
    sqs('SendMessage'),
    write('UpdateItem', 'ready rendition'),
  ],
  /** containers/download/get-rendition.ts, get-original.ts */
  readBytes: [query('image', EVENTUAL), s3('GetObject')],
  readNotModified: [query('image', EVENTUAL)],
  /** containers/download/get-image.ts */
  readRecord: [query('image', EVENTUAL)],
  /** containers/download/list-images.ts */
  listImages: [query('page of records', EVENTUAL)],
  /** containers/sync-upload/change-image.ts: a change that asks no CDN for anything, such as that a private image becomes public. */
  changeImage: [query('image', CONSISTENT), write('UpdateItem', 'record', { once: 1, indexes: 1 })],
  /** containers/sync-upload/moderate-image.ts: a decision by a call. Its image leaves the index of what is owed, which it entered by the write of its upload. */
  moderateImage: [query('image', CONSISTENT), write('UpdateItem', 'record', { once: 1, indexes: 1 + 2 })],
  /**
   * containers/sync-upload/moderation-notices.ts: a notice that a webhook answers with its decision. One task takes the image, by a key of the index of what
   * is owed, which takes two writes there; then the image leaves it, as above.
   */
  tellModerator: [
    write('UpdateItem', 'record', { once: 1, indexes: 1 + 2 }),
    query('image', CONSISTENT),
    write('UpdateItem', 'record', { once: 1, indexes: 1 + 2 }),
  ],
  /** containers/sync-upload/delete-image.ts: an image of which no CDN has anything, because there is none or the image is private. */
  deleteImage: deleteImage(write('PutItem', 'tombstone', { once: 1, indexes: 1 })),
  /** A public image behind a CDN: its tombstone is in the index of what is owed until the CDN has accepted the invalidation. */
  deleteCachedImage: [
    ...deleteImage(write('PutItem', 'tombstone', { once: 1, indexes: 2 })),
    { service: 'cloudfront', api: 'CreateInvalidation', ...ONCE },
    write('UpdateItem', 'tombstone', { once: 1, indexes: 1 }),
  ],
} as const satisfies Record<string, readonly AwsCall[]>;

export type Operation = keyof typeof REQUESTS_PER_OPERATION;

/** The number of calls in one operation on an image with so many renditions, uploaded in so many parts. */
export const callsOf = (
  { once = 0, perRendition = 0, perPart = 0 }: Times,
  { renditions, parts }: { renditions: number; parts: number },
): number => once + perRendition * renditions + perPart * parts;
