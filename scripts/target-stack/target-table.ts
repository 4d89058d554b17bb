import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { CommandError } from '../command-line.ts';
import { dataFolder, readCloudAddress, readLocalAddress } from './stack-address.ts';

/** The table of the stack that runs on the folder `data`; without it of the one that the environment names, or else of the one on `./data`. */
export async function findTargetTable(data: string | undefined, env: NodeJS.ProcessEnv): Promise<ImageTable> {
  const folder = dataFolder(data);
  const address = readCloudAddress(['IMAGE_TABLE_NAME'], data, env) ?? (await readLocalAddress(folder, env));
  if (address) return { documents: createDocumentClient(address), tableName: address.IMAGE_TABLE_NAME };
  throw new CommandError(
    `Nothing runs on ${folder}. Run npm start, name its folder by --data, or set IMAGE_TABLE_NAME and AWS_REGION for the cloud.`,
  );
}
