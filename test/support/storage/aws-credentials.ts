import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';

// One environment signs for the endpoint and for what is emulated in the tests' own process, which takes what it is told.
for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const) {
  LOCAL_CREDENTIALS[name] = process.env[name] ?? LOCAL_CREDENTIALS[name];
}
