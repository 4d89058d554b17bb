import { startEmulators } from '../../../scripts/local/emulators/emulators.ts';

/** Runs the emulators on a folder until it is killed, for whoever has the access key, and tells its parent where they answer. */
const [folder, accessKeyId] = process.argv.slice(2);
const { dynamoDbEndpoint, sqsEndpoint } = await startEmulators(folder, accessKeyId);
process.send?.({ dynamoDbEndpoint, sqsEndpoint });
process.once('disconnect', () => process.exit(0));
