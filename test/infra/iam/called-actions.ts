import { actionsMatching } from '../../../stacks/checks/access/iam-actions.ts';

/** The parts of a request to AWS that say what it does. */
export interface Call {
  /** The name of the service in the signature. */
  service: string;
  region: string;
  method: string;
  /** Path and query. */
  url: string;
  /** The action of a form or in the JSON protocol; REST has none. */
  operation: string;
  body: string;
}

/** Services whose names in IAM differ from those in signatures. */
const PREFIXES: Record<string, string> = { monitoring: 'cloudwatch' };

const BUCKET_ACTIONS: Record<string, string> = {
  'DELETE ': 'DeleteBucket',
  'DELETE policy': 'DeleteBucketPolicy',
  'GET accelerate': 'GetAccelerateConfiguration',
  'GET acl': 'GetBucketAcl',
  'GET cors': 'GetBucketCORS',
  'GET encryption': 'GetEncryptionConfiguration',
  'GET list-type': 'ListBucket',
  'GET lifecycle': 'GetLifecycleConfiguration',
  'GET logging': 'GetBucketLogging',
  'GET object-lock': 'GetBucketObjectLockConfiguration',
  'GET ownershipControls': 'GetBucketOwnershipControls',
  'GET policy': 'GetBucketPolicy',
  'GET publicAccessBlock': 'GetBucketPublicAccessBlock',
  'GET replication': 'GetReplicationConfiguration',
  'GET requestPayment': 'GetBucketRequestPayment',
  'GET tagging': 'GetBucketTagging',
  'GET versioning': 'GetBucketVersioning',
  'GET versions': 'ListBucketVersions',
  'GET website': 'GetBucketWebsite',
  'HEAD ': 'ListBucket',
  'POST delete': 'DeleteObject',
  'PUT ': 'CreateBucket',
  'PUT cors': 'PutBucketCORS',
  'PUT encryption': 'PutEncryptionConfiguration',
  'PUT lifecycle': 'PutLifecycleConfiguration',
  'PUT logging': 'PutBucketLogging',
  'PUT ownershipControls': 'PutBucketOwnershipControls',
  'PUT policy': 'PutBucketPolicy',
  'PUT publicAccessBlock': 'PutBucketPublicAccessBlock',
  'PUT replication': 'PutReplicationConfiguration',
  'PUT tagging': 'PutBucketTagging',
  'PUT versioning': 'PutBucketVersioning',
};

const OBJECT_ACTIONS: Record<string, string> = {
  DELETE: 'DeleteObject',
  GET: 'GetObject',
  HEAD: 'GetObject',
  PUT: 'PutObject',
};

/**
 * Removing a configuration of a bucket needs the right to put it, except for its policy (https://docs.aws.amazon.com/AmazonS3/latest/API/).
 */
function ofS3({ method, url }: Call): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  if (/^\/[^/]+\/./.test(pathname)) return OBJECT_ACTIONS[method];
  const parameters = [...searchParams.keys()];
  const named = (verb: string) => parameters.map((name) => BUCKET_ACTIONS[`${verb} ${name}`]).find((name) => name);
  if (parameters.length === 0) return BUCKET_ACTIONS[`${method} `];
  return named(method) ?? (method === 'DELETE' ? named('PUT') : undefined);
}

const VERBS: Record<string, string> = { DELETE: 'Delete', GET: 'Get', POST: 'Create', PUT: 'Update' };

/** `POST /2020-05-31/cache-policy`, `PUT /2020-05-31/distribution/ID/config`, `GET /2020-05-31/function/NAME/describe`, … */
function ofCloudFront({ method, url }: Call): string {
  const { pathname, searchParams } = new URL(url, 'http://cloudfront');
  const [, , kind = '', , part] = pathname.split('/');
  if (kind === 'tagging') return method === 'GET' ? 'ListTagsForResource' : `${searchParams.get('Operation')}Resource`;
  const name = kind.replace(/(^|-)[a-z]/g, (start) => start.replace('-', '').toUpperCase());
  if (part === 'describe') return `Describe${name}`;
  if (part === 'publish') return `Publish${name}`;
  return `${VERBS[method]}${name}`;
}

/** A budget with everything that belongs to it has one right to read and one to change. */
const ofBudgets = ({ operation }: Call): string =>
  /Resource$/.test(operation) ? operation : operation.startsWith('Describe') ? 'ViewBudget' : 'ModifyBudget';

const REST: Record<string, (call: Call) => string | undefined> = {
  budgets: ofBudgets,
  cloudfront: ofCloudFront,
  s3: ofS3,
};

/** The main right that a call needs, as IAM names it: `ec2:CreateVpc`. */
export function calledAction(call: Call): string {
  const prefix = PREFIXES[call.service] ?? call.service;
  const action = `${prefix}:${REST[call.service]?.(call) ?? call.operation}`;
  if (actionsMatching(action).length === 1) return action;
  throw new Error(
    `test/infra/iam/called-actions.ts does not know what right ${call.method} ${call.url} ${action} needs`,
  );
}
