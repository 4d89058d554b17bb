const MINIO_NAMES =
  'MinIO has errors of its own for invalid names of uploads. Our names come from records, which hold those of MinIO.';

const MINIO_LISTS = 'MinIO lists uploads by whole keys only, and removes uploads by itself after a day.';

/** The reasons, by full title, why tests that pass on AWS fail against DynamoDB Local, MinIO and ElasticMQ. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  'dead-letter queue: SQS deletes a message twice without complaint':
    'ElasticMQ calls the receipt handle of a deleted message invalid; SQS accepts it.',
  'processing queue: SQS has the timing of the contract': 'ElasticMQ does not return MessageRetentionPeriod.',
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

/** Tests of services that are not emulated at all. */
export const LEFT_OUT = ['test/aws/audit.test.ts', 'test/aws/cdn.test.ts'];
