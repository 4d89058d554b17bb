import { pathToFileURL } from 'node:url';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../scripts/local/emulators/emulators.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import type { Services } from './services.ts';

type Endpoint = { protocol: string; hostname: string; port?: number | undefined };

/** The endpoint of an SDK client. */
async function endpointOf({ config }: { config: { endpoint?: unknown } }): Promise<string> {
  const { protocol, hostname, port } = await (config.endpoint as () => Promise<Endpoint>)();
  return `${protocol}//${hostname}:${port}`;
}

/** The environment for one more service process that shares table, queue and files with the started ones. */
export async function settingsBeside({ table, queue, objectsFolder }: Services): Promise<Record<string, string>> {
  return {
    ...LOCAL_CREDENTIALS,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    AUTHENTICATION: 'off',
    AWS_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL_DYNAMODB: await endpointOf(table.documents),
    AWS_ENDPOINT_URL_SQS: await endpointOf(queue.sqs),
    IMAGE_TABLE_NAME: table.tableName,
    PROCESSING_QUEUE_URL: queue.queueUrl,
    OBJECT_STORE_URL: pathToFileURL(objectsFolder).href,
  };
}
