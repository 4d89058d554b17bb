const MINIO_NAMES =
  'MinIO has errors of its own for names of uploads that are none; ours come from records, which hold its own.';

const MINIO_LISTS = 'MinIO lists uploads by whole keys only, and drops those that are a day old by itself.';

/** Where a test is known to fail against DynamoDB Local, MinIO and ElasticMQ, though it holds on AWS: by its full title, why. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  'dead-letter queue: SQS deletes a message twice without complaint':
    'ElasticMQ calls the receipt handle of a deleted message invalid, SQS takes it.',
  'processing queue: SQS has the timing of the contract': 'ElasticMQ does not tell MessageRetentionPeriod.',
  'multipart uploads: S3 knows no upload of the name "."': MINIO_NAMES,
  'multipart uploads: S3 knows no upload of the name ".."': MINIO_NAMES,
  'multipart uploads: S3 knows no upload of the name "../../etc"': MINIO_NAMES,
  'multipart uploads: S3 knows no upload of the name "aaaaaaaaaaaaaaaaaaaa"': MINIO_NAMES,
  'multipart uploads: S3 removes uploads that began before a time, and no others': MINIO_LISTS,
  'multipart uploads: S3 lists an upload from its beginning to its end, and its object from then on': MINIO_LISTS,
  'npm run verify: S3 and DynamoDB takes parts of an upload that is open, and the object of one that is being completed, for no fault, and those of no upload for one':
    MINIO_LISTS,
  'npm run verify: S3 and DynamoDB removes no parts as long as the record of some upload is damaged, which may be theirs':
    MINIO_LISTS,
};

/** Of what is not emulated at all. */
export const LEFT_OUT = ['test/aws/cdn.test.ts'];
