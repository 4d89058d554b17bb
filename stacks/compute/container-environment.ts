import { type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import { ORIGIN_SECRET } from '../edge/origin-secret.ts';
import type { ApiSettings, EnvironmentSettings, WorkerSettings } from '../environments/settings.ts';
import { receiptPrices } from './receipt-prices.ts';
import { workerLoadOf } from './worker-load.ts';

/** The mount path of the worker's volume, the only writable part of its file system. libvips puts its temporary files there too. */
export const WRITABLE_FOLDER = '/tmp';

type Variables = Partial<Record<keyof Environment, string>>;

/**
 * The environment of a service's container: every variable that has no default or must differ from it, and no others.
 * Variables that must not be readable in a task definition are in `containerSecrets`.
 */
export function containerEnvironment(
  service: ServiceName,
  deployment: Deployment,
  settings: EnvironmentSettings,
): Variables {
  const names = namesOf(deployment);
  const isSigned = settings.cdn.enabled && settings.cdn.signedUrlKeys.length > 0;
  return {
    ...(service === 'worker'
      ? workerEnvironment(settings.workers, deployment.region)
      : onlyRead(service, {
          ...apiEnvironment(settings, deployment),
          TRUSTED_PROXIES: proxiesBefore(service, settings),
        })),
    ...(service === 'download' && isSigned && { SIGNED_URLS: 'on' }),
    ...(settings.heic === 'on' && { HEIC: 'on' }),
    PORT: String(SERVICES[service].port),
    AWS_REGION: deployment.region,
    IMAGE_TABLE_NAME: names.table,
    OBJECT_STORE_URL: `s3://${names.bucket}`,
    PROCESSING_QUEUE_URL: names.queueUrl,
  };
}

const apiEnvironment = ({ api }: EnvironmentSettings, deployment: Deployment): Variables => ({
  HOST: '0.0.0.0',
  AUTHENTICATION: 'on',
  AUDIT_LOG_GROUP: namesOf(deployment).auditLog,
  // Pages that upload to part URLs also call the API, which returns those URLs, so both have the same origins.
  ...(api.corsOrigins.length > 0 && { CORS_ORIGINS: api.corsOrigins.join(',') }),
  ...accessVariables(api),
});

/**
 * Everybody comes through the load balancer, which adds the address that it sees. Of a public one a secret tells what comes through the CDN; of an
 * internal one all comes so that is from outside the network, and would else have one address.
 */
const proxiesBefore = (service: ServiceName, { cdn }: EnvironmentSettings): string =>
  service === 'download' && cdn.enabled && cdn.vpcOrigin ? '2' : '1';

/** The variables that a service reads, of those of all services of the API. */
function onlyRead(service: ServiceName, variables: Variables): Variables {
  const read: readonly string[] = SERVICE_ENVIRONMENT[service];
  return Object.fromEntries(Object.entries(variables).filter(([name]) => read.includes(name)));
}

/** Who may call, how much and what they may ask for, and what is done before others see it. Also what the checks of these settings look at. */
export const accessVariables = ({
  authentication,
  limits,
  transformations,
  moderation,
  ...api
}: ApiSettings): Variables => ({
  DEFAULT_VISIBILITY: api.defaultVisibility,
  ORIGINAL_METADATA: api.originalMetadata,
  SVG_SANITIZING: api.svg,
  MODERATION: moderation.images,
  ...(moderation.webhookUrl !== undefined && { MODERATION_WEBHOOK_URL: moderation.webhookUrl }),
  ...(authentication.issuers.length > 0 && { JWT_ISSUERS: JSON.stringify(authentication.issuers) }),
  ...(limits !== 'off' && { OWNER_LIMITS: JSON.stringify(limits === 'default' ? {} : limits) }),
  ...(transformations !== 'any' && { TRANSFORMATIONS: JSON.stringify(transformations) }),
});

function workerEnvironment(settings: WorkerSettings, region: string): Variables {
  const { processes, memoryMib, concurrency } = workerLoadOf(settings);
  const prices = receiptPrices(settings, region);
  return {
    // Nobody calls a worker; its health check runs inside its container.
    HOST: '127.0.0.1',
    AUTHENTICATION: 'off',
    METRICS: 'emf',
    WORK_DIRECTORY: `${WRITABLE_FOLDER}/image-worker`,
    WORKER_PROCESSES: String(processes),
    PROCESS_MEMORY_MIB: String(memoryMib),
    WORKER_CONCURRENCY: String(concurrency),
    ...(prices && { RECEIPT_PRICES: JSON.stringify(prices) }),
  };
}

/** Variables that must not be readable in a task definition, and the parameters that hold them. */
function secretsOf(service: ServiceName, { api, cdn }: EnvironmentSettings): Variables {
  const isBehindCdn = service === 'download' && cdn.enabled && !cdn.vpcOrigin;
  return {
    ...(api.authentication.localKeys === 'on' && { API_KEYS: 'api-keys' }),
    LINK_KEYS: 'link-keys',
    ...(api.moderation.webhookUrl !== undefined && { MODERATION_WEBHOOK_SECRET: 'moderation-secret' }),
    // By this a service knows which requests come through the CDN, whose address is not that of the client.
    ...(isBehindCdn && { CDN_SECRETS: ORIGIN_SECRET }),
  };
}

/** The variables that ECS reads from SSM parameters when a task starts, with the ARNs of the parameters. A missing parameter stops the task. */
export function containerSecrets(
  service: ServiceName,
  deployment: Deployment,
  settings: EnvironmentSettings,
): Variables {
  const read: readonly (keyof Environment)[] = SERVICE_ENVIRONMENT[service];
  const secrets = Object.entries(secretsOf(service, settings)).filter(([name]) => read.some((each) => each === name));
  const arnOf = (parameter: string) => arnsOf(deployment).parameter(namesOf(deployment).secretParameter(parameter));
  return Object.fromEntries(secrets.map(([name, parameter]) => [name, arnOf(parameter)]));
}
