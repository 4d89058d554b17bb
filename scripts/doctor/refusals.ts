import { AwsRefusal } from '../aws-cli.ts';

/** Of all services: `AccessDenied`, `UnauthorizedOperation`, and S3's 403 to a request without a body. */
const DENIALS = /AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|^403$/;

/** Of the services that IAM calls otherwise than the CLI does. */
const IAM_NAMES: Record<string, string> = {
  elbv2: 'elasticloadbalancing',
  s3api: 's3',
  'service-quotas': 'servicequotas',
};

/** Of the operations that another permission is for: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
const PERMISSIONS: Record<string, string> = { HeadBucket: 'ListBucket' };

/** The permission that a refusal is for want of, `ssm:GetParameters`; undefined where it is for something else. */
export function permissionLacking(error: unknown): string | undefined {
  if (!(error instanceof AwsRefusal) || !DENIALS.test(error.code)) return undefined;
  const named = /not authorized to perform:? ([\w-]+:\w+)/.exec(error.message)?.[1];
  const service = /^aws ([\w-]+) /.exec(error.message)?.[1] ?? '';
  return named ?? `${IAM_NAMES[service] ?? service}:${PERMISSIONS[error.operation] ?? error.operation}`;
}

export const isRefusal = (error: unknown, ...codes: string[]): error is AwsRefusal =>
  error instanceof AwsRefusal && codes.includes(error.code);

/** What to call a thing if AWS answers that there is none; undefined if there is. */
export const absentOr = (name: string, codes: string[], asked: Promise<unknown>): Promise<string | undefined> =>
  asked.then(
    () => undefined,
    (error) => {
      if (isRefusal(error, ...codes)) return name;
      throw error;
    },
  );
