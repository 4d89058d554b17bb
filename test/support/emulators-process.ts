import { startEmulators } from '../../scripts/local/emulators.ts';

/** Runs the emulators on a folder until it is killed, and tells its parent where they answer. */
const { dynamoDbEndpoint, sqsEndpoint } = await startEmulators(process.argv[2]);
process.send?.({ dynamoDbEndpoint, sqsEndpoint });
process.once('disconnect', () => process.exit(0));
