import type { JwtIssuer } from '../../shared/contracts/jwt-issuers.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { OwnerLimitValues } from '../../shared/domain/owner-limits.ts';
import type { TransformationControl } from '../../shared/domain/transformation-control.ts';

/** The services that answer HTTP behind the load balancer. */
export type ApiService = Exclude<ServiceName, 'worker'>;

export const API_SERVICES = ['sync-upload', 'async-upload', 'download'] as const satisfies ApiService[];

export type Architecture = 'x86_64' | 'arm64';

/** Tasks on capacity that AWS runs: nothing is idle and nothing needs patching, for about a third more per vCPU-hour than instances. */
export interface FargateCapacity {
  /**
   * Where tasks run: on capacity of AWS (`fargate`), for about a third more per vCPU-hour, or in an auto scaling group of the service (`ec2`).
   */
  kind: 'fargate';
  /** CPU units, 1024 a vCPU: 256, 512, 1024, 2048, 4096. */
  cpu: 256 | 512 | 1024 | 2048 | 4096;
  /** MiB; Fargate accepts only certain combinations with `cpu`. */
  memory: number;
  /** The architecture that the image is built for; arm64 costs a fifth less. */
  architecture: Architecture;
  /**
   * For a service that was on `ec2` until now: the instances that its tasks still run on. ECS releases them only when no task is left, so they
   * stay for one apply, and a plan refuses to remove them earlier.
   */
  formerFleet?: FormerFleet;
}

/** The fleet of a service that has moved from `ec2` to `fargate`. Without tasks it shrinks to nothing by itself within about half an hour. */
export interface FormerFleet {
  /** The types that the fleet had. */
  instanceTypes: readonly string[];
  /** The architecture that the fleet had. */
  architecture: Architecture;
  /** The maximum that the fleet had; a smaller one would end instances in use. */
  maxInstances: number;
}

/** Tasks on instances in an auto scaling group of the service: cheaper if they are busy, and of any instance type. */
export interface Ec2Capacity {
  kind: 'ec2';
  /** Instance types of one architecture and one size, so that a task that fits one fits all. */
  instanceTypes: readonly string[];
  architecture: Architecture;
  cpu: number;
  /** MiB; must fit the smallest type beside the ECS agent. */
  memory: number;
  /** Instances that always run; managed scaling adds to them. */
  minInstances: number;
  /** The most instances; this limits what a flood of requests may cost. */
  maxInstances: number;
}

export interface ApiServiceSettings {
  /** The capacity that the service's tasks run on. */
  capacity: FargateCapacity | Ec2Capacity;
  /** The fewest tasks that run; with two, a zone may fail. */
  minTasks: number;
  /** The most tasks that run; requests beyond their capacity wait or are refused. */
  maxTasks: number;
  /** Requests per minute and task above which tasks are added. */
  requestsPerTaskPerMinute: number;
  /** CPU in percent above which tasks are added. */
  targetCpu: number;
}

/** The processing cluster on EC2 spot. */
export interface WorkerSettings {
  /** At least six types of one size and architecture, from several families: the more pools, the fewer interruptions. */
  instanceTypes: readonly string[];
  /** The architecture of all types, and of the image. */
  architecture: Architecture;
  /** CPU units of a task, 1024 for each vCPU and image process. */
  cpu: number;
  /** MiB of a task: 300 and another 1,536 for each image process; with less, fewer processes are started. */
  memory: number;
  /** The number of instances that are always on demand; they keep running when spot capacity is short. */
  onDemandBase: number;
  /** The percentage of further instances that is on demand. */
  onDemandPercent: number;
  /** The fewest tasks that run; with 0, idle workers cost nothing and the first image waits some minutes. */
  minTasks: number;
  /** The most tasks that run; a longer backlog waits longer. */
  maxTasks: number;
  /** The most instances, which limits the costs; as many as `maxTasks` need. */
  maxInstances: number;
  /** Seconds that a message may wait before tasks are added. */
  acceptableLatencySeconds: number;
  /** The average time that a task takes for a message; the workers' metrics show it. */
  secondsPerMessage: number;
  /** Days after which an instance is replaced, so that it gets a new AMI; 1 to 365. */
  maxInstanceLifetimeDays: number;
  /** Keeps ECS from ending instances with tasks at scale-in. Off for spot, where managed draining does that and instances are replaced. */
  terminationProtection: boolean;
}

export interface NetworkSettings {
  /** Private addresses of the VPC, a /16; different for each network that may be connected to it some day. It cannot be changed later. */
  cidr: string;
  /**
   * Ids of availability zones, such as `use1-az1`: 3, or 2 if losing a zone is acceptable. Ids mean the same zone in all accounts, names
   * (`us-east-1a`) do not. Adding or removing a zone changes only resources in that zone; the order does not matter.
   */
  zones: readonly string[];
  /**
   * How tasks reach services without a gateway endpoint. `nat-per-zone`: $33 a month and zone, and a zone may fail. `nat-single`: one gateway
   * for all zones. `interface-endpoints`: no way out at all, but eight endpoints at $7.30 a month and zone: $175 a month in three zones.
   */
  egress: 'nat-per-zone' | 'nat-single' | 'interface-endpoints';
  /** The zone of the only gateway, required with `nat-single`; otherwise it has no effect. */
  natZone?: string;
  /**
   * Whether workers, which decode untrusted images, can send only to AWS. Otherwise they may send to any address at port 443. Beside NAT this
   * needs seven interface endpoints, at $7.30 a month, endpoint and zone: $102 a month in two zones, $153 in three, and $0.01 a GB
   * (https://aws.amazon.com/privatelink/pricing/). The other services use the endpoints too, and keep their NAT. With `interface-endpoints` as
   * `egress` nothing has a way out, whatever the value here.
   */
  isolatedWorkers: boolean;
  /** Days to keep flow logs; 0 for none ($0.50 a GB). */
  flowLogDays: number;
}

export interface LoadBalancerSettings {
  /** ACM certificate of `domainName` in the region; without one the load balancer uses HTTP, which `allowHttp` must permit. */
  certificateArn?: string;
  /** The domain name by which clients and the CDN reach the load balancer; you create its DNS record. */
  domainName?: string;
  /** Permits HTTP, for environments that hold nothing of value. */
  allowHttp?: boolean;
  /**
   * Seconds without a byte after which the load balancer closes a connection, such as a stalled upload or a long wait. At most 60, because the
   * services close idle connections after 65.
   */
  idleTimeoutSeconds: number;
  /** Protects the load balancer, and so the address that clients use, from deletion by mistake. */
  deletionProtection: boolean;
  /** Writes a line for each request into the log bucket, for S3's price of storing it. */
  accessLogs: boolean;
  /** A web ACL: a rate limit, and AWS's managed rules except those that mistake images for attacks. */
  waf: {
    /** $5 a month, $1 a rule, $0.60 a million requests. */
    enabled: boolean;
    /** Requests allowed from one address in five minutes; 10 to 2,000,000,000. */
    requestsPerFiveMinutes: number;
  };
}

/** An account of the same organization, whose credentials nobody who works on the environment has, and another region. */
export interface CopyDestination {
  /** Twelve digits. */
  accountId: string;
  /** Another region than the environment's, so that both are not lost together. */
  region: string;
}

/** How copies of the originals are kept in a bucket of another account. */
export interface ReplicaSettings {
  /** The account and region of the bucket. */
  copyTo: CopyDestination;
  /** Days from its upload for which Object Lock protects a copy: nobody at all can remove it earlier. */
  lockedDays: number;
  /** Days that copies of deleted and replaced originals stay, which is the time to notice malicious or mistaken deletions. */
  noncurrentDays: number;
}

/** How backups of the table are kept in a locked vault. */
export interface TableBackupSettings {
  /** Hours between two backups, which is the most that can be lost of the records; 1, 2, 3, 4, 6, 8, 12 or 24. */
  everyHours: 1 | 2 | 3 | 4 | 6 | 8 | 12 | 24;
  /** Days that each backup is kept, 7 or more. Nobody can change it for backups that are locked already. */
  keptDays: number;
  /**
   * `compliance` binds everybody, including root and AWS, from three days after it is applied; `governance` binds everybody who may not change
   * the vault.
   */
  lock: 'governance' | 'compliance';
  /** The account and region with a locked vault that each backup is copied to; `none` leaves backups in the environment's account and region. */
  copyTo: CopyDestination | 'none';
}

export interface StorageSettings {
  /** Days until parts of uploads that were never completed are removed; more than an upload may take. */
  abortMultipartDays: number;
  /** `intelligent-tiering` pays off from about 250 KiB per image; `infrequent-access` if images are read less than once a month. */
  originalsTier: 'intelligent-tiering' | 'infrequent-access' | 'none';
  /** Days until originals move to that tier; at least 30 for infrequent access. */
  originalsTierDays: number;
  /** Days until originals move to Glacier Instant Retrieval; 0 for never. Reading costs $0.03 a GB there. */
  originalsGlacierDays: number;
  /** Days until renditions are removed; they are made again on request. 0 for never. */
  renditionsExpireDays: number;
  /** Days that deleted and replaced versions are kept, so that mistakes can be undone. */
  noncurrentDays: number;
  /** Writes S3 access logs into the log bucket. */
  accessLogs: boolean;
  /** Whether the bucket and the table may be destroyed with their content. */
  disposable: boolean;
  /** The most read request units of the table per second, which limits the costs. */
  maxReadUnits: number;
  /** The most write request units per second; they cost five times as much, and an upload takes about five. */
  maxWriteUnits: number;
  /**
   * Days after which no copy and no backup contains anything of a deleted image, as docs/privacy.md promises. Copies that would stay longer
   * are refused.
   */
  forgottenDays: number;
  /**
   * Copies originals as they arrive, so that only those of the last minutes are lost with a region or account. A million originals of 3 MB cost
   * $76 once ($20 for requests, $56 for transfer between regions), $11.20 a month for storage in Glacier Instant Retrieval, and $1.30 for
   * metrics and an alarm. Renditions are not copied, because they can be made again.
   */
  originalsReplica: ReplicaSettings | 'off';
  /**
   * Backups of the table by AWS Backup, beside point-in-time recovery, which is lost with the table's account or region. Each is a full backup:
   * for a table of 1 GB, daily and kept for 35 days, $3.50 a month; as much again for copies, $0.60 for their transfer, and $0.40 for the alarm.
   */
  tableBackups: TableBackupSettings | 'off';
}

/** Who may call. Keys of owners (`npm run api-key`) are in the table, and need no setting. */
export interface AuthenticationSettings {
  /**
   * Issuers of signed tokens (OIDC), as JWT_ISSUERS has them: `name`, `issuer`, `audience`, and how to read their claims. Their keys are fetched by HTTPS,
   * unless they are given.
   */
  issuers: readonly IssuerSettings[];
  /**
   * Whether keys of the owner `local`, whose digests are in the SSM parameter `api-keys`, count too. With `on` the parameter must exist, or no task starts. `off`
   * once all callers have keys of their own.
   */
  localKeys: 'on' | 'off';
}

/** An issuer; what is left out is as JWT_ISSUERS has it by default. */
export type IssuerSettings = Pick<JwtIssuer, 'name' | 'issuer' | 'audience'> & Partial<JwtIssuer>;

export interface ModerationSettings {
  /** Which new images nobody gets before they are approved: those that others may see (`public`), `all`, or none (`off`). */
  images: 'off' | 'public' | 'all';
  /** The HTTPS address that is told of each, without a secret in it. With one the SSM parameter `moderation-secret` must exist, or sync-upload does not start. */
  webhookUrl?: string;
}

/** Settings that all API services share. */
export interface ApiSettings {
  /** Origins whose pages may use the API and part URLs from a browser. `*` allows every page, but only if storage is disposable. */
  corsOrigins: readonly string[];
  /** Who may call beside those with keys in the table. */
  authentication: AuthenticationSettings;
  /** Limits of each owner and address where they differ from the defaults, as OWNER_LIMITS has them; `default` for all of those, `off` for none. */
  limits: 'default' | 'off' | Partial<OwnerLimitValues>;
  /** Who may see an image whose upload does not say it. */
  defaultVisibility: 'private' | 'public';
  /** Whether new images wait until somebody has approved them. */
  moderation: ModerationSettings;
  /**
   * Of which images places, camera data, names and comments leave the original before it is stored. What is kept may tell where people live; what is removed is in
   * no copy and no backup.
   */
  originalMetadata: 'keep' | 'strip-public' | 'strip-all';
  /** Which SVGs lose what could run a program or load something before they are stored: those of `public` images, `all`, or none (`off`). */
  svg: 'off' | 'public' | 'all';
  /** Which renditions may be asked for: `any`, or presets or listed values only, as TRANSFORMATIONS has them. Each kind that is made costs a worker's time. */
  transformations: 'any' | TransformationControl;
}

export interface CdnSettings {
  /** CloudFront in front of the download service; without it bytes come from the load balancer, at $0.09 a GB. */
  enabled: boolean;
  /** The edge locations used: `PriceClass_100` is North America and Europe. */
  priceClass: 'PriceClass_100' | 'PriceClass_200' | 'PriceClass_All';
  /** One more cache in front of the origin, charged per request. */
  originShield: boolean;
  /** Whether the CDN reaches an internal load balancer without the Internet; otherwise it reaches a public one with a secret header. */
  vpcOrigin: boolean;
  /** ACM certificate of `domainNames`, in us-east-1. */
  certificateArn?: string;
  /**
   * Names on the certificate by which clients reach the CDN; you create their DNS records. Without any, CloudFront's own name is used, which
   * allows old clients TLS 1.0 and is refused unless storage is disposable.
   */
  domainNames: readonly string[];
  /** Public keys as PEM. With any, the CDN serves bytes only to signed URLs, also those of private images; without, nothing is signed. */
  signedUrlKeys: readonly string[];
  /** Writes a line for each request into the log bucket. */
  accessLogs: boolean;
  /** A web ACL at the edge, in addition to that of the load balancer: $5 a month, $1 a rule, $0.60 a million requests. */
  waf: boolean;
}

export interface ObservabilitySettings {
  /** Days that service logs and access logs are kept: $0.03 a GB and month in CloudWatch, after $0.50 a GB for writing. */
  logDays: number;
  /**
   * Days that the audit trail is kept: who has written, deleted, linked or read private bytes, from which address. At the same prices; a million lines
   * are about 0.4 GB.
   */
  auditDays: number;
  /** Mail addresses for alarms; without any, nobody is notified. */
  alarmEmails: readonly string[];
  /** Dollars a month for the budget's alarm. */
  monthlyBudget: number;
  /**
   * Who turns economy mode on, in which new renditions get the lowest effort, no AVIF and WebP is made of `auto`, and workers keep a quarter of
   * `maxTasks` (docs/operating.md). `by-hand`: only `npm run economy`. `at-budget`: also the budget when it is spent, until noon (UTC) of the
   * first of the next month.
   */
  economyMode: 'by-hand' | 'at-budget';
  /** Container Insights: the workers' scaling needs at least `enabled`; `enhanced` is charged per metric. */
  containerInsights: 'enabled' | 'enhanced';
}

/** Everything that differs between environments. A new environment is one file with these settings. */
export interface EnvironmentSettings {
  /** The name of the environment: at most 12 lower case letters and digits. */
  name: string;
  /**
   * The AWS account, twelve digits; one per environment, or one for all. With EXAMPLE_ACCOUNT_ID the environment cannot be deployed and may
   * keep its placeholders.
   */
  accountId: string;
  /** The AWS region; prices here are for us-east-1. */
  region: string;
  /** Tags of all resources, for the cost report; `Environment` and `Project` are added. */
  tags: { Owner: string; CostCenter: string };
  network: NetworkSettings;
  loadBalancer: LoadBalancerSettings;
  api: ApiSettings;
  services: Record<ApiService, ApiServiceSettings>;
  workers: WorkerSettings;
  storage: StorageSettings;
  cdn: CdnSettings;
  observability: ObservabilitySettings;
  /**
   * Support for HEIC and HEIF, as phones make them. They are encoded with HEVC, which is patented: switch it `on` only with the licences for
   * your country and use.
   */
  heic: 'off' | 'on';
  /** Values outside their plausible range (stacks/ranges/), by path, each with its reason of 20 characters or more. */
  acknowledged?: Readonly<Record<string, string>>;
}

/** The settings of an account, which hold for all its environments. */
export interface AccountSettings {
  /** Twelve digits. */
  accountId: string;
  /** The region of the state bucket and the image repositories. */
  region: string;
  /**
   * The repository whose workflows may deploy. With its ids the trust also matches subjects that contain them, as those of repositories
   * created since July 2026 do.
   */
  github: { owner: string; repository: string; ownerId?: string; repositoryId?: string };
  /**
   * The environments of the account. Each gets roles for jobs of the GitHub environment with its name, and a boundary for its own roles. An
   * environment that is missing here cannot be applied.
   */
  githubEnvironments: readonly string[];
  /**
   * Environments whose state pull requests are compared with, before anybody has reviewed them. They must have no CDN, because the state contains
   * the CDN's secret, which opens the load balancer.
   */
  previewEnvironments: readonly string[];
  /** Mail addresses for notices of vulnerabilities in images; without any, nobody is notified. */
  alarmEmails: readonly string[];
  /** Whether another project has already created GitHub's OIDC provider in the account. */
  hasOidcProvider: boolean;
  /**
   * Whether the bootstrap's own state is in the bucket that it created: false for the first apply, when there is none yet
   * (stacks/bootstrap-stack.ts).
   */
  stateInBucket: boolean;
  /** Tags of all resources of the account, for the cost report. */
  tags: { Owner: string; CostCenter: string };
}
