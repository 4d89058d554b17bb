import { openS3ObjectStore } from '../../shared/storage/objects/s3-object-store.ts';
import { describeDownloads } from '../containers/download/contracts/downloads.contract.ts';
import { openAwsBucket } from '../support/storage/aws-endpoint.ts';

describeDownloads('S3', async () => {
  const { s3, bucket, close } = await openAwsBucket();
  return { openObjects: async () => openS3ObjectStore(s3, bucket), close };
});
