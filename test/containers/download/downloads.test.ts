import { describeDownloads } from './contracts/downloads.contract.ts';

describeDownloads('files', async () => ({ close: async () => undefined }));
