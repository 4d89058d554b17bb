import { describeDownloads } from './downloads.contract.ts';

describeDownloads('files', async () => ({ close: async () => undefined }));
