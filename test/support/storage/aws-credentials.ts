import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';

// The same credentials sign for the endpoint and for emulators in the tests' own process, which accept the ones that they are given.
for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const) {
  LOCAL_CREDENTIALS[name] = process.env[name] ?? LOCAL_CREDENTIALS[name];
}
