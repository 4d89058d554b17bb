import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import { inside } from '../stand-in/xml.ts';
import type { Access } from './policy.ts';

interface Request {
  method: string;
  /** Path and query. */
  url: string;
  /** The action in the JSON protocol. */
  action: string;
  /** The body, where it says what the request does. */
  text: () => string;
  account: string;
  region: string;
}

const unknown = (method: string, url: string): Error =>
  new Error(`test/infra/iam/accesses.ts does not know which permission ${method} ${url} needs`);

interface Write {
  TableName: string;
  Key?: Record<string, { S?: string }>;
  Item?: Record<string, { S?: string }>;
}

/** The partition that a request for one item is about. */
function leadingKeyOf({ Key, Item }: Write): Pick<Access, 'context'> {
  const partition = (Key ?? Item)?.[IMAGE_TABLE.partitionKey]?.S;
  return partition === undefined ? {} : { context: { 'dynamodb:LeadingKeys': partition } };
}

/** The operations of a request to DynamoDB: for a transaction, those that it contains. */
function inDynamoDb({ action, text, account, region }: Request): Access[] {
  const asked = JSON.parse(text());
  const { TableName, IndexName, TransactItems, RequestItems } = asked;
  const arn = (table: string) => `arn:aws:dynamodb:${region}:${account}:table/${table}`;
  if (TransactItems)
    return (TransactItems as Record<string, Write>[]).flatMap((item) =>
      Object.entries(item).map(([name, write]) => ({
        action: `dynamodb:${name === 'ConditionCheck' ? 'ConditionCheckItem' : `${name}Item`}`,
        resource: arn(write.TableName),
        ...leadingKeyOf(write),
      })),
    );
  if (RequestItems)
    return Object.keys(RequestItems).map((table) => ({ action: `dynamodb:${action}`, resource: arn(table) }));
  const resource = IndexName ? `${arn(TableName)}/index/${IndexName}` : arn(TableName);
  return [{ action: `dynamodb:${action}`, resource, ...leadingKeyOf(asked) }];
}

/** A batch needs the permission of its single operation. */
function inSqs({ action, text, account, region }: Request): Access[] {
  const queue = String(JSON.parse(text()).QueueUrl).split('/').at(-1);
  return [{ action: `sqs:${action.replace(/Batch$/, '')}`, resource: `arn:aws:sqs:${region}:${account}:${queue}` }];
}

/** S3's actions by request, those with a query first: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
const S3_ACTIONS: [method: RegExp, parameter: string | undefined, on: 'bucket' | 'object', action: string][] = [
  [/GET/, 'uploadId', 'object', 's3:ListMultipartUploadParts'],
  [/DELETE/, 'uploadId', 'object', 's3:AbortMultipartUpload'],
  [/GET/, 'uploads', 'bucket', 's3:ListBucketMultipartUploads'],
  [/GET|HEAD/, undefined, 'bucket', 's3:ListBucket'],
  [/GET|HEAD/, undefined, 'object', 's3:GetObject'],
  [/PUT|POST/, undefined, 'object', 's3:PutObject'],
  [/DELETE/, undefined, 'object', 's3:DeleteObject'],
];

function inS3({ method, url, text }: Request): Access[] {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
  const arn = `arn:aws:s3:::${bucket}`;
  if (searchParams.has('delete'))
    return inside(text(), 'Key').map((each) => ({ action: 's3:DeleteObject', resource: `${arn}/${each}` }));
  const on = key.join('/') ? 'object' : 'bucket';
  const found = S3_ACTIONS.find(
    ([methods, parameter, what]) =>
      what === on && methods.test(method) && (parameter === undefined || searchParams.has(parameter)),
  );
  if (!found) throw unknown(method, url);
  return [{ action: found[3], resource: on === 'object' ? `${arn}/${key.join('/')}` : arn }];
}

/** `POST /2020-05-31/distribution/ID/invalidation`, the only request of a service to CloudFront. */
function inCloudFront({ method, url, account }: Request): Access[] {
  const id = /^\/[\d-]+\/distribution\/(\w+)\/invalidation$/.exec(url)?.[1];
  if (method !== 'POST' || !id) throw unknown(method, url);
  return [{ action: 'cloudfront:CreateInvalidation', resource: `arn:aws:cloudfront::${account}:distribution/${id}` }];
}

/** Making a stream, and writing into it. */
function inLogs({ action, text, account, region }: Request): Access[] {
  const { logGroupName, logStreamName } = JSON.parse(text());
  const stream = `log-group:${logGroupName}:log-stream:${logStreamName}`;
  return [{ action: `logs:${action}`, resource: `arn:aws:logs:${region}:${account}:${stream}` }];
}

/** The permissions that a role needs for a request, by the service's name in signatures. */
export const ACCESSES: Record<string, (request: Request) => Access[]> = {
  cloudfront: inCloudFront,
  dynamodb: inDynamoDb,
  logs: inLogs,
  sqs: inSqs,
  s3: inS3,
};
