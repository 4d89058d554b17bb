import { execFile } from 'node:child_process';
import { CommandError } from '../command-line.ts';

/** Asks AWS by its CLI, which has the credentials of whoever calls; `aws ecs list-services …` in one region. */
export type Aws = (service: string, command: string, ...options: string[]) => Promise<ReturnType<typeof JSON.parse>>;

/** The CLI's own, for a network that is gone. */
const TIMEOUT_MS = 120_000;

export const awsIn =
  (region: string): Aws =>
  (service, command, ...options) =>
    new Promise((resolve, reject) => {
      const args = [service, command, '--region', region, '--output', 'json', ...options];
      const env = { ...process.env, AWS_PAGER: '' };
      execFile('aws', args, { env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        if (!error) return resolve(JSON.parse(stdout || '{}'));
        if (error.code === 'ENOENT')
          return reject(new CommandError('The AWS CLI is not installed: pip install awscli.'));
        reject(new CommandError(`aws ${service} ${command}: ${stderr.trim() || error.message}`));
      });
    });
