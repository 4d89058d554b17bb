import { get } from 'node:http';
import { HEALTH_PATHS } from '../contracts/services.ts';

/**
 * Asks the service of its container whether it lives: `node shared/runtime/health-check.ts`, with the service's own PORT in the environment. The
 * images have no curl. It exits with 0 if the answer is 200, and otherwise says why not and exits with 1. It imports little, because it starts
 * anew for every check.
 */

/** Less than the time limit of whoever runs it, so that the reason is still reported. */
const TIMEOUT_MS = 5_000;

const { PORT = '' } = process.env;
const url = `http://127.0.0.1:${PORT}${HEALTH_PATHS.liveness}`;

function end(status: 0 | 1, sentence: string): void {
  process.stdout.write(`${url} ${sentence}\n`, () => process.exit(status));
}

if (!/^\d+$/.test(PORT)) end(1, 'cannot be asked: PORT is not set');
else {
  const deadline = setTimeout(() => end(1, `has not answered for ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  get(url, { agent: false }, ({ statusCode }) => {
    clearTimeout(deadline);
    end(statusCode === 200 ? 0 : 1, `answers ${statusCode}`);
  }).on('error', ({ message }) => end(1, `does not answer: ${message}`));
}
