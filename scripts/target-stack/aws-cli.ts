import { execFile } from 'node:child_process';
import { CommandError } from '../command-line.ts';

/** Runs a command of the AWS CLI, such as `aws ecs list-services …`, in one region and with the caller's credentials. */
export type Aws = (service: string, command: string, ...options: string[]) => Promise<ReturnType<typeof JSON.parse>>;

/** An error that AWS returned, with its code and the operation: `AccessDeniedException` for `DescribeParameters`. */
export class AwsRefusal extends CommandError {
  override readonly name = 'AwsRefusal';
  readonly code: string;
  readonly operation: string;
  constructor(message: string, code: string, operation: string) {
    super(message);
    this.code = code;
    this.operation = operation;
  }
}

/** Ends a CLI process whose network has gone away. */
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
        reject(refusalOf(`aws ${service} ${command}: ${stderr.trim() || error.message}`));
      });
    });

/** Every version of the CLI reports an error of AWS in this sentence. */
export function refusalOf(message: string): CommandError {
  const [, code, operation] = /An error occurred \(([\w.]+)\) when calling the (\w+) operation/.exec(message) ?? [];
  return code && operation ? new AwsRefusal(message, code, operation) : new CommandError(message);
}
