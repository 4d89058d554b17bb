/**
 * Names of everything that is created once for each environment, so that stacks and programs that never meet agree on them. Whoever
 * needs a name asks here; nothing is read from another stack's state.
 */
export interface Deployment {
  /** `dev`, `staging`, `prod`, …: lower case letters and digits, 12 at most. */
  environment: string;
  /** Twelve digits. */
  accountId: string;
  region: string;
}

/** What every name begins with. */
export const APP = 'image-service';

/** What workflows take a role for: each has one of its own, and what changes an environment one for each environment. */
export type Workflow = 'preview' | 'plan' | `apply-${string}` | `deploy-${string}`;

/** Names in an account, whatever the environment. */
export const accountNames = ({ accountId, region }: Omit<Deployment, 'environment'>) => ({
  /** Buckets have one name space for the whole world, so the account is in theirs. */
  stateBucket: `${APP}-state-${accountId}-${region}`,
  /** Who read and wrote states. */
  stateLogBucket: `${APP}-state-log-${accountId}-${region}`,
  repository: (service: string) => `${APP}/${service}`,
  role: (workflow: Workflow) => `${APP}-github-${workflow}`,
  /** All of them. */
  workflowRoles: `${APP}-github-*`,
  /** The managed policy that no role of an environment gets beyond. */
  boundary: (environment: string) => `${APP}-boundary-${environment}`,
});

/** The queue to which a queue's messages go that nobody could process. */
export const deadLetterQueueOf = (queueName: string): string => `${queueName}-dead-letter`;

/** Names in one environment. */
export function namesOf(deployment: Deployment) {
  const { environment, accountId, region } = deployment;
  const prefix = `${APP}-${environment}`;
  const queueUrl = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  return {
    prefix,
    bucket: `${prefix}-images-${accountId}`,
    logBucket: `${prefix}-logs-${accountId}`,
    table: `${prefix}-images`,
    /** The bucket of the originals' copies, by the account it belongs to. */
    replicaBucket: (ownerId: string) => `${prefix}-replica-${accountId}-${ownerId}`,
    replicationRole: `${prefix}-replication`,
    backupRole: `${prefix}-backup`,
    /** The vault of the table's backups, … */
    backupVault: `${prefix}-backups`,
    /** … and the one of their copies in another account, which may have an environment of this name itself. */
    copyVault: `${prefix}-copies-of-${accountId}`,
    queue: `${prefix}-processing`,
    queueUrl: queueUrl(`${prefix}-processing`),
    deadLetterQueue: deadLetterQueueOf(`${prefix}-processing`),
    deadLetterQueueUrl: queueUrl(deadLetterQueueOf(`${prefix}-processing`)),
    cluster: prefix,
    /** Of a service: its ECS service, task definition family and task role. */
    service: (service: string) => `${prefix}-${service}`,
    logGroup: (service: string) => `/${APP}/${environment}/${service}`,
    /** SSM parameters: the digest of an image to run, and secrets. */
    imageParameter: (service: string) => `/${APP}/${environment}/images/${service}`,
    secretParameter: (name: string) => `/${APP}/${environment}/secrets/${name}`,
    loadBalancer: prefix,
    /** It cannot turn from public to internal: another name says that it is another, with another address. */
    internalLoadBalancer: `${prefix}-int`,
    /** The tag `Name` of the security group that a VPC comes with. */
    unusedSecurityGroup: `${prefix}-unused`,
  };
}

export type Names = ReturnType<typeof namesOf>;

/** ARNs of what has a name, for policies: written, not looked up. */
export function arnsOf(deployment: Deployment) {
  const { accountId, region } = deployment;
  const names = namesOf(deployment);
  const regional = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  return {
    regional,
    bucket: `arn:aws:s3:::${names.bucket}`,
    table: regional('dynamodb', `table/${names.table}`),
    replicaBucket: (ownerId: string) => `arn:aws:s3:::${names.replicaBucket(ownerId)}`,
    replicationRole: `arn:aws:iam::${accountId}:role/${names.replicationRole}`,
    backupVault: regional('backup', `backup-vault:${names.backupVault}`),
    copyVault: (outside: Omit<Deployment, 'environment'>) =>
      `arn:aws:backup:${outside.region}:${outside.accountId}:backup-vault:${names.copyVault}`,
    queue: regional('sqs', names.queue),
    deadLetterQueue: regional('sqs', names.deadLetterQueue),
    cluster: regional('ecs', `cluster/${names.cluster}`),
    service: (service: string) => regional('ecs', `service/${names.cluster}/${names.service(service)}`),
    tasks: regional('ecs', `task/${names.cluster}/*`),
    parameter: (name: string) => regional('ssm', `parameter${name}`),
  };
}

/** In data sources, and in the ARNs that tasks get their secrets by. */
const PARAMETER = /(?<=["/:]|parameter)\/image-service\/[a-z0-9]+\/(?:images|secrets)\/[a-z-]+/g;

/** The SSM parameters that a text names, such as a stack's. */
export const parametersIn = (text: string): string[] => [...new Set(text.match(PARAMETER))].sort();
