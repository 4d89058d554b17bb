import type { ServiceName } from '../../shared/contracts/services.ts';

/** The services that answer HTTP behind the load balancer. */
export type ApiService = Exclude<ServiceName, 'worker'>;

export type Architecture = 'x86_64' | 'arm64';

/** Tasks on capacity that AWS runs: nothing idles and nothing is patched, for about a third more a vCPU-hour than instances. */
export interface FargateCapacity {
  /** Who runs the instances: AWS (`fargate`), for about a third more a vCPU-hour, or an auto scaling group of the service's own (`ec2`). */
  kind: 'fargate';
  /** CPU units, 1024 a vCPU: 256, 512, 1024, 2048, 4096. */
  cpu: 256 | 512 | 1024 | 2048 | 4096;
  /** MiB; Fargate takes certain pairs with `cpu` only. */
  memory: number;
  /** What the image is built for; arm64 costs a fifth less. */
  architecture: Architecture;
  /**
   * For one apply, where the service was on `ec2` until now: the instances that its tasks are still on. ECS lets go of them only when no task is left, so they
   * stay until then, and a plan refuses to take them away before.
   */
  formerFleet?: FormerFleet;
}

/** What is kept of an `ec2` that a service has left; without a task it shrinks to nothing by itself, within about half an hour. */
export interface FormerFleet {
  /** As they were. */
  instanceTypes: readonly string[];
  /** As it was. */
  architecture: Architecture;
  /** As it was: a smaller one would end instances that work. */
  maxInstances: number;
}

/** Tasks on instances of their own, in an auto scaling group of their own: cheaper where they are busy, and any instance type. */
export interface Ec2Capacity {
  kind: 'ec2';
  /** Of one architecture and one size, so that a task that fits one fits all. */
  instanceTypes: readonly string[];
  architecture: Architecture;
  cpu: number;
  /** MiB; what fits the smallest type beside the agent. */
  memory: number;
  /** Instances that are there at night too; managed scaling adds to them. */
  minInstances: number;
  /** The brake on a bill: what a flood of requests may cost. */
  maxInstances: number;
}

export interface ApiServiceSettings {
  /** What its tasks run on. */
  capacity: FargateCapacity | Ec2Capacity;
  /** Tasks that run at least; with two, a zone may fail. */
  minTasks: number;
  /** Tasks at most: beyond what they answer, requests wait or are refused. */
  maxTasks: number;
  /** Requests a minute and task above which tasks are added. */
  requestsPerTaskPerMinute: number;
  /** CPU in percent above which tasks are added. */
  targetCpu: number;
}

/** The processing cluster on EC2 spot. */
export interface WorkerSettings {
  /** At least six of one size and architecture, of several families: the more pools, the rarer interruptions. */
  instanceTypes: readonly string[];
  /** That of all types, and what the image is built for. */
  architecture: Architecture;
  /** CPU units of a task, 1024 a vCPU and image process. */
  cpu: number;
  /** MiB of a task; at least 300 and 1,536 for each image process, or fewer are started. */
  memory: number;
  /** Instances that are on demand whatever happens: what keeps going in a spot drought. */
  onDemandBase: number;
  /** Percent of what comes on top that is on demand. */
  onDemandPercent: number;
  /** Tasks that run at least; 0 lets an idle environment cost nothing, and the first image wait some minutes. */
  minTasks: number;
  /** Tasks at most: a longer backlog waits longer. */
  maxTasks: number;
  /** The brake on a bill; as many as `maxTasks` need. */
  maxInstances: number;
  /** Seconds that a message may wait before tasks are added. */
  acceptableLatencySeconds: number;
  /** What a task takes for a message, in the mean; the metric of the workers tells. */
  secondsPerMessage: number;
  /** Days after which an instance is replaced, so that it gets a new AMI; 1 to 365. */
  maxInstanceLifetimeDays: number;
  /** Keeps ECS from ending instances with tasks at scale-in; off for spot, where managed draining does and instances turn over. */
  terminationProtection: boolean;
}

export interface NetworkSettings {
  /** Private addresses of the VPC, a /16; another for each network that is to be joined with it some day. It cannot be changed later. */
  cidr: string;
  /**
   * Ids of availability zones, such as `use1-az1`: 3, or 2 where a lost zone is no matter. Ids are the same places in all accounts, names
   * (`us-east-1a`) are not. A zone that is added or removed changes what is in that zone alone; their order does not matter.
   */
  zones: readonly string[];
  /**
   * How tasks reach what has no gateway endpoint. `nat-per-zone`: $33 a month and zone, and a zone may fail. `nat-single`: one for all.
   * `interface-endpoints`: no way out at all, for eight endpoints at $7.30 a month and zone: $175 a month in three zones.
   */
  egress: 'nat-per-zone' | 'nat-single' | 'interface-endpoints';
  /** The zone of the one gateway of `nat-single`, which needs it; without `nat-single` it means nothing. */
  natZone?: string;
  /**
   * Whether workers, which decode strangers' images, can send to AWS alone. Without, they may send to any address at port 443. Beside NAT it
   * takes seven interface endpoints, at $7.30 a month, endpoint and zone: $102 a month in two zones, $153 in three, and $0.01 a GB
   * (https://aws.amazon.com/privatelink/pricing/). All others use them too, and keep their way out. Where `egress` is `interface-endpoints`
   * nobody has one, whatever stands here.
   */
  isolatedWorkers: boolean;
  /** Days to keep flow logs; 0 for none ($0.50 a GB). */
  flowLogDays: number;
}

export interface LoadBalancerSettings {
  /** ACM certificate of `domainName` in the region; without one the load balancer speaks HTTP, which `allowHttp` must say. */
  certificateArn?: string;
  /** The name that clients and the CDN call it by; its DNS record is yours to make. */
  domainName?: string;
  /** For environments that hold nothing of value. */
  allowHttp?: boolean;
  /** Seconds without a byte after which it gives a connection up: an upload over a bad line, a long wait. 60 at most: the services end idle connections after 65. */
  idleTimeoutSeconds: number;
  /** Nobody deletes it, and with it the address that clients have, by mistake. */
  deletionProtection: boolean;
  /** A line for each request, into the log bucket: S3's price for keeping it. */
  accessLogs: boolean;
  /** A web ACL: a rate limit, and AWS's managed rules without those that take images for attacks. */
  waf: {
    /** $5 a month, $1 a rule, $0.60 a million requests. */
    enabled: boolean;
    /** Requests of one address in five minutes; 10 to 2,000,000,000. */
    requestsPerFiveMinutes: number;
  };
}

/** An account of the same organization, of which nobody who works on the environment has credentials, and another region. */
export interface CopyDestination {
  /** Twelve digits. */
  accountId: string;
  /** Another than the environment's, so that both are not lost together. */
  region: string;
}

/** How the originals are kept in a bucket that is another account's. */
export interface ReplicaSettings {
  /** Where it is, and whose. */
  copyTo: CopyDestination;
  /** Days for which Object Lock keeps a copy from everybody, counted from its upload: nobody can remove it earlier, whoever asks. */
  lockedDays: number;
  /** Days that copies of deleted and replaced originals stay: the time there is to notice that an account deletes what it should not. */
  noncurrentDays: number;
}

/** How backups of the table are kept in a vault that is locked. */
export interface TableBackupSettings {
  /** Hours between two of them, and what is lost at most of the records; 1, 2, 3, 4, 6, 8, 12 or 24. */
  everyHours: 1 | 2 | 3 | 4 | 6 | 8 | 12 | 24;
  /** Days that each is kept, 7 or more. Of those that are locked already nobody changes it. */
  keptDays: number;
  /** `compliance` binds everybody, root and AWS too, three days after it is applied; `governance` whoever may not change the vault. */
  lock: 'governance' | 'compliance';
  /** Where each backup is copied to, into a vault that is locked there; `none` leaves them in the environment's account and region. */
  copyTo: CopyDestination | 'none';
}

export interface StorageSettings {
  /** Days until what was never completed is removed; more than an upload lives. */
  abortMultipartDays: number;
  /** `intelligent-tiering` pays from about 250 KiB an image on; `infrequent-access` where images are read less than once a month. */
  originalsTier: 'intelligent-tiering' | 'infrequent-access' | 'none';
  /** Days until originals go to that tier; at least 30 for infrequent access. */
  originalsTierDays: number;
  /** Days until originals go to Glacier Instant Retrieval; 0 for never. Reading costs $0.03 a GB there. */
  originalsGlacierDays: number;
  /** Days until renditions are removed: they are made again when somebody asks. 0 for never. */
  renditionsExpireDays: number;
  /** Days that deleted and replaced versions are kept, for mistakes. */
  noncurrentDays: number;
  /** S3 access logs, into the log bucket. */
  accessLogs: boolean;
  /** Whether the bucket and the table may be destroyed with what is in them. */
  disposable: boolean;
  /** Request units a second of the table at most: the brake on a bill. */
  maxReadUnits: number;
  /** Likewise of writes, five times as dear; an upload is some five of them. */
  maxWriteUnits: number;
  /** Days after which no copy and no backup has anything of a deleted image: what docs/privacy.md promises. Copies that stay longer are refused. */
  forgottenDays: number;
  /**
   * Originals, copied as they come: a lost region or account costs those of its last minutes. For a million of 3 MB $80 once ($20
   * for requests, $60 for transfer between regions), $12 a month for their place in Glacier Instant Retrieval, and $1.30 for metrics and
   * alarm. Renditions are made again.
   */
  originalsReplica: ReplicaSettings | 'off';
  /**
   * Backups of the table by AWS Backup, beside point-in-time recovery, which goes with the table's account and region. Each is a full one: of
   * a table of 1 GB, daily and kept for 35 days, $3.50 a month; as much again for copies, $0.60 for their transfer, and $0.40 for the alarm.
   */
  tableBackups: TableBackupSettings | 'off';
}

/** What all API services share. */
export interface ApiSettings {
  /** Origins whose pages may use the API and part URLs from a browser; `*`, every page, where storage is disposable only. */
  corsOrigins: readonly string[];
}

export interface CdnSettings {
  /** CloudFront before the downloads; without it their bytes come from the load balancer, at $0.09 a GB. */
  enabled: boolean;
  /** Edges: `PriceClass_100` is North America and Europe. */
  priceClass: 'PriceClass_100' | 'PriceClass_200' | 'PriceClass_All';
  /** One more cache before the origin, charged by request. */
  originShield: boolean;
  /** Reaches an internal load balancer without the Internet; else a public one with a secret header. */
  vpcOrigin: boolean;
  /** Of a name of yours, in us-east-1. */
  certificateArn?: string;
  /** Names that clients call it by, of the certificate; their DNS records are yours to make. None: CloudFront's own, under which old clients may use TLS 1.0, and which is refused where storage is not disposable. */
  domainNames: readonly string[];
  /** PEM of public keys. With one, the CDN gives bytes to signed URLs alone, those of private images too; none: nothing is signed. */
  signedUrlKeys: readonly string[];
  /** A line for each request, into the log bucket. */
  accessLogs: boolean;
  /** A web ACL at the edge, beside that of the load balancer: $5 a month, $1 a rule, $0.60 a million requests. */
  waf: boolean;
}

export interface ObservabilitySettings {
  /** Days that logs are kept, of services and of access: $0.03 a GB and month in CloudWatch after $0.50 a GB for writing. */
  logDays: number;
  /** Where alarms go, by mail; nobody is told without one. */
  alarmEmails: readonly string[];
  /** Dollars a month for the budget's alarm. */
  monthlyBudget: number;
  /** Container Insights: `enhanced` costs by metric; the workers' scaling needs `enabled` at least. */
  containerInsights: 'enabled' | 'enhanced';
}

/** Everything that differs between environments. A new environment is one file with one of these. */
export interface EnvironmentSettings {
  /** Lower case letters and digits, 12 at most. */
  name: string;
  /** The AWS account, twelve digits; its own for each environment, or one for all. EXAMPLE_ACCOUNT_ID while it is not to be deployed: placeholders may stand there. */
  accountId: string;
  /** The AWS region; prices here are of us-east-1. */
  region: string;
  /** On everything, for the cost report; `Environment` and `Project` are added. */
  tags: { Owner: string; CostCenter: string };
  network: NetworkSettings;
  loadBalancer: LoadBalancerSettings;
  api: ApiSettings;
  services: Record<ApiService, ApiServiceSettings>;
  workers: WorkerSettings;
  storage: StorageSettings;
  cdn: CdnSettings;
  observability: ObservabilitySettings;
  /** HEIC and HEIF, as phones make them. HEVC, in which they are encoded, is patented: whoever turns it `on` answers for the licences of their country and use. */
  heic: 'off' | 'on';
  /** Values outside their plausible range (stacks/ranges/), by path, each with its reason of 20 characters or more. */
  acknowledged?: Readonly<Record<string, string>>;
}

/** What is there once an account, whatever its environments. */
export interface AccountSettings {
  /** Twelve digits. */
  accountId: string;
  /** Where the state bucket and the image repositories are. */
  region: string;
  /** The repository whose workflows may deploy. With its ids the trust also fits subjects that carry them, as those of repositories since July 2026 do. */
  github: { owner: string; repository: string; ownerId?: string; repositoryId?: string };
  /**
   * The environments of the account, each with roles for the jobs of the GitHub environment of its name, and with a boundary for its own roles:
   * one that is missing here cannot be applied.
   */
  githubEnvironments: readonly string[];
  /**
   * Environments with whose state pull requests are compared, before anybody has reviewed them. None with a CDN: its secret is in the
   * state, and opens the load balancer.
   */
  previewEnvironments: readonly string[];
  /** Where it goes, by mail, that an image has vulnerabilities; nobody is told without one. */
  alarmEmails: readonly string[];
  /** GitHub's OIDC provider is there already, by another project. */
  hasOidcProvider: boolean;
  /** Whether the bootstrap's own state is in the bucket it made: false for the first apply, which has none yet (stacks/bootstrap-stack.ts). */
  stateInBucket: boolean;
  /** On everything, for the cost report. */
  tags: { Owner: string; CostCenter: string };
}
