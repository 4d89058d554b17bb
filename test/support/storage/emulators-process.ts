import { startEmulators } from '../../../scripts/local/emulators/emulators.ts';

/** Runs the emulators on a folder until it is killed, for clients with the access key, and sends their URLs to its parent. */
const [folder, accessKeyId] = process.argv.slice(2);
const { dynamoDbEndpoint, sqsEndpoint } = await startEmulators(folder, accessKeyId);
process.send?.({ dynamoDbEndpoint, sqsEndpoint });
process.once('disconnect', () => process.exit(0));
