/**
 * The deployment that names are for. Everything that is created once for each environment has its name from this file, so that stacks and
 * programs agree on names without reading another stack's state.
 */
export interface Deployment {
  /** `dev`, `staging`, `prod`, …: at most 12 lower-case letters and digits. */
  environment: string;
  /** Twelve digits. */
  accountId: string;
  region: string;
}

/** The prefix of all names. */
export const APP = 'image-service';

/** The workflows that have a role. Workflows that change an environment have one for each environment. */
export type Workflow = 'preview' | 'plan' | `apply-${string}` | `deploy-${string}`;

/** The names in an account that do not depend on the environment. */
export const accountNames = ({ accountId, region }: Omit<Deployment, 'environment'>) => ({
  /** The names of buckets are global, so they contain the account. */
  stateBucket: `${APP}-state-${accountId}-${region}`,
  /** The access log of the state bucket. */
  stateLogBucket: `${APP}-state-log-${accountId}-${region}`,
  repository: (service: string) => `${APP}/${service}`,
  role: (workflow: Workflow) => `${APP}-github-${workflow}`,
  /** A pattern for the roles of all workflows. */
  workflowRoles: `${APP}-github-*`,
  /** The permissions boundary of all roles of an environment. */
  boundary: (environment: string) => `${APP}-boundary-${environment}`,
});

/** The queue for messages of another queue that could not be processed. */
export const deadLetterQueueOf = (queueName: string): string => `${queueName}-dead-letter`;

/** The names in one environment. */
export function namesOf(deployment: Deployment) {
  const { environment, accountId, region } = deployment;
  const prefix = `${APP}-${environment}`;
  const queueUrl = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  return {
    prefix,
    bucket: `${prefix}-images-${accountId}`,
    logBucket: `${prefix}-logs-${accountId}`,
    table: `${prefix}-images`,
    /** The bucket for copies of originals, in the account `ownerId`. */
    replicaBucket: (ownerId: string) => `${prefix}-replica-${accountId}-${ownerId}`,
    replicationRole: `${prefix}-replication`,
    backupRole: `${prefix}-backup`,
    /** The vault for backups of the table. */
    backupVault: `${prefix}-backups`,
    /** The vault for copies of these backups in another account, which may have an environment with the same name. */
    copyVault: `${prefix}-copies-of-${accountId}`,
    queue: `${prefix}-processing`,
    queueUrl: queueUrl(`${prefix}-processing`),
    deadLetterQueue: deadLetterQueueOf(`${prefix}-processing`),
    deadLetterQueueUrl: queueUrl(deadLetterQueueOf(`${prefix}-processing`)),
    cluster: prefix,
    /** The name of a service's ECS service, task definition family and task role. */
    service: (service: string) => `${prefix}-${service}`,
    logGroup: (service: string) => `/${APP}/${environment}/${service}`,
    /** The log group of the audit trail, to which all services of the API send. */
    auditLog: `/${APP}/${environment}/audit`,
    /** The SSM parameter with the digest of the container image to run. */
    imageParameter: (service: string) => `/${APP}/${environment}/images/${service}`,
    secretParameter: (name: string) => `/${APP}/${environment}/secrets/${name}`,
    /** The topic that the budget notifies when it is spent. */
    budgetTopic: `${prefix}-budget`,
    /** What switches economy mode when the budget is spent: the state machine and its role. */
    economySwitch: `${prefix}-economy-switch`,
    loadBalancer: prefix,
    /** A load balancer cannot change from public to internal, so the internal one has another name, and another address. */
    internalLoadBalancer: `${prefix}-int`,
    /** The tag `Name` of the security group that a VPC comes with. */
    unusedSecurityGroup: `${prefix}-unused`,
  };
}

export type Names = ReturnType<typeof namesOf>;

/** The ARNs of named resources, for policies. They are composed from names, not looked up. */
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
    /** With its streams, which are what may be written. */
    'audit-log': regional('logs', `log-group:${names.auditLog}:*`),
    economySwitch: regional('states', `stateMachine:${names.economySwitch}`),
    parameter: (name: string) => regional('ssm', `parameter${name}`),
  };
}

/** Matches parameters in data sources, and in the ARNs of tasks' secrets. */
const PARAMETER = /(?<=["/:]|parameter)\/image-service\/[a-z0-9]+\/(?:images|secrets)\/[a-z-]+/g;

/** The SSM parameters that a text, such as a stack's JSON, refers to. */
export const parametersIn = (text: string): string[] => [...new Set(text.match(PARAMETER))].sort();
