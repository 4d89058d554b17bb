import { execFile } from 'node:child_process';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../scripts/local/emulators/emulators.ts';

/** Runs `aws SERVICE COMMAND …` in the emulated AWS, as an operator would, and returns the parsed answer. */
export function aws(endpoint: string, service: string, command: string, ...options: string[]) {
  const { PATH, HOME } = process.env;
  const env = {
    ...{ PATH, HOME, ...LOCAL_CREDENTIALS, AWS_DEFAULT_REGION: LOCAL_REGION },
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_PAGER: '' },
  };
  return new Promise<ReturnType<typeof JSON.parse>>((resolve, reject) => {
    // The endpoint is an option, because awscli 1.45 does not read it from the environment for SQS.
    const args = [service, command, '--endpoint-url', endpoint, '--output', 'json', ...options];
    execFile('aws', args, { env, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`aws ${args.join(' ')}: ${stderr || error.message}`));
      else resolve(JSON.parse(stdout || '{}'));
    });
  });
}
