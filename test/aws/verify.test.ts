import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { describeVerify } from '../scripts/verify/verify.contract.ts';
import { openAwsBucket, openAwsTable } from '../support/storage/aws-endpoint.ts';
import { openVerifiedPlace } from '../support/storage/verified-place.ts';

describeVerify('S3 and DynamoDB', async () => {
  const { s3, bucket, close } = await openAwsBucket();
  const { table, close: closeTable } = await openAwsTable();
  return openVerifiedPlace(table, openS3ObjectStore(s3, bucket), () => Promise.all([close(), closeTable()]));
});
