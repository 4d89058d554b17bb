import { openLocalTable } from '../../support/storage/emulators.ts';
import { describeUploadTokens } from './upload-tokens.contract.ts';

describeUploadTokens('dynalite', openLocalTable);
