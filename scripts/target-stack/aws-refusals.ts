import { AwsRefusal } from './aws-cli.ts';

/** Codes of denied access of all services: `AccessDenied`, `UnauthorizedOperation`, and S3's 403 to HEAD. */
const DENIALS = /AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|^403$/;

/** Services whose names in IAM differ from those in the CLI. */
const IAM_NAMES: Record<string, string> = {
  elbv2: 'elasticloadbalancing',
  s3api: 's3',
  'service-quotas': 'servicequotas',
};

/** Operations whose permission has another name: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
const PERMISSIONS: Record<string, string> = { HeadBucket: 'ListBucket' };

/** The permission whose lack has caused an error, such as `ssm:GetParameters`; undefined for other errors. */
export function permissionLacking(error: unknown): string | undefined {
  if (!(error instanceof AwsRefusal) || !DENIALS.test(error.code)) return undefined;
  const named = /not authorized to perform:? ([\w-]+:\w+)/.exec(error.message)?.[1];
  const service = /^aws ([\w-]+) /.exec(error.message)?.[1] ?? '';
  return named ?? `${IAM_NAMES[service] ?? service}:${PERMISSIONS[error.operation] ?? error.operation}`;
}

export const isRefusal = (error: unknown, ...codes: string[]): error is AwsRefusal =>
  error instanceof AwsRefusal && codes.includes(error.code);

/** Resolves to `name` if AWS answers with one of `codes`, which say that it does not exist, and to undefined if it exists. */
export const absentOr = (name: string, codes: string[], asked: Promise<unknown>): Promise<string | undefined> =>
  asked.then(
    () => undefined,
    (error) => {
      if (isRefusal(error, ...codes)) return name;
      throw error;
    },
  );
