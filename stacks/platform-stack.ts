import { type ITerraformDependable, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../shared/contracts/names.ts';
import type { ServiceName } from '../shared/contracts/services.ts';
import { type ApiCapacity, createApiCapacity } from './compute/api-capacity.ts';
import { createApiService, type RunningService } from './compute/api-service.ts';
import { attachCapacity, type Cluster, createCluster } from './compute/cluster.ts';
import { refuseToRemoveUsedFleets } from './compute/fleet-removal-guard.ts';
import { createWorkerFleet } from './compute/worker-fleet.ts';
import { createWorkerService } from './compute/worker-service.ts';
import { type Cdn, createCdn } from './edge/cdn.ts';
import { createEdgeProvider } from './edge/edge-provider.ts';
import { createLoadBalancer, type LoadBalancer } from './edge/load-balancer.ts';
import { deploymentOf } from './environments/deployment.ts';
import { API_SERVICES, type EnvironmentSettings } from './environments/settings.ts';
import { createAwsProvider } from './foundation/aws-provider.ts';
import { PlainStack } from './foundation/plain-stack.ts';
import { keepStateInBucket, stateKey } from './foundation/state-backend.ts';
import { tagsOf } from './foundation/tags.ts';
import { createNetwork, type Network } from './network/network.ts';
import { createAccessMetrics } from './observability/access-metrics.ts';
import type { DeploymentAlarms } from './observability/alarms.ts';
import { createObservability } from './observability/observability.ts';
import { createWorkerMetrics } from './observability/worker-metrics.ts';

/** The parts that all services and workers need. */
interface Platform {
  deployment: Deployment;
  settings: EnvironmentSettings;
  network: Network;
  cluster: Cluster;
}

/** Everything that can be created again at any time: network, load balancer, CDN, services and workers. It refers to the storage by names. */
export class PlatformStack extends PlainStack {
  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    const deployment = deploymentOf(settings);
    const names = namesOf(deployment);
    createAwsProvider(this, settings);
    keepStateInBucket(this, settings, stateKey(settings.name, 'platform'));
    const network = createNetwork(this, { settings: settings.network, deployment });
    const { cdn: cdnSettings } = settings;
    const loadBalancer = createLoadBalancer(this, {
      settings: settings.loadBalancer,
      cdn: cdnSettings,
      names,
      network,
    });
    const edgeProvider = createEdgeProvider(this, settings);
    const cdn = createCdn(this, { settings: cdnSettings, names, loadBalancer, ...(edgeProvider && { edgeProvider }) });
    const cluster = createCluster(this, { names, observability: settings.observability });
    const platform = { deployment, settings, network, cluster };
    // The alarms come before the services, whose deployments depend on them.
    const alarms = createObservability(this, { ...platform, loadBalancer, cdn, edgeProvider });
    const services = createServices(this, { ...platform, loadBalancer, cdn, alarms });
    createWorkerMetrics(this, { names, logGroupName: services.worker.logGroupName });
    createAccessMetrics(this, {
      names,
      logGroups: Object.fromEntries(API_SERVICES.map((service) => [service, services[service].logGroupName])),
    });
    for (const [service, { serviceName, logGroupName }] of Object.entries(services)) {
      new TerraformOutput(this, `${service}-service`, { value: serviceName });
      new TerraformOutput(this, `${service}-log`, { value: logGroupName });
    }
    new TerraformOutput(this, 'cluster-name', { value: cluster.name });
    new TerraformOutput(this, 'load-balancer-address', { value: loadBalancer.dnsName });
    new TerraformOutput(this, 'api-url', { value: urlOf(loadBalancer) });
    if (cdn) {
      new TerraformOutput(this, 'cdn-address', { value: cdn.domainName });
      new TerraformOutput(this, 'cdn-url', { value: `https://${cdn.host}` });
    }
    if (cdn && cdn.signedUrlKeyIds.length > 0) {
      new TerraformOutput(this, 'signed-url-key-ids', { value: cdn.signedUrlKeyIds });
    }
  }
}

/** Where clients send requests to the API. */
const urlOf = ({ isHttps, domainName, dnsName }: LoadBalancer): string =>
  `${isHttps ? 'https' : 'http'}://${domainName ?? dnsName}`;

interface Services extends Platform {
  loadBalancer: LoadBalancer;
  cdn?: Cdn | undefined;
  alarms: DeploymentAlarms;
}

/** Creates all capacity first, because it is attached to the cluster in one resource, and then the services on it. */
function createServices(scope: Construct, platform: Services): Record<ServiceName, RunningService> {
  const { settings, deployment, cluster, alarms } = platform;
  const { ofApi, workers } = createCapacity(scope, platform);
  const own = workers.capacityProvider;
  const fleets = Object.values(ofApi).flatMap(({ fleet }) => fleet ?? []);
  const capacity: ITerraformDependable = attachCapacity(scope, cluster, [...fleets, own]);
  refuseToRemoveUsedFleets(
    scope,
    namesOf(deployment),
    API_SERVICES.filter((service) => !ofApi[service].fleet),
  );
  const api = API_SERVICES.map((service): [ServiceName, RunningService] => {
    const { capacityProvider } = ofApi[service];
    const props = { ...platform, service, capacityProvider, capacity, deploymentAlarms: alarms[service] };
    return [service, createApiService(scope, props)];
  });
  const worker = createWorkerService(scope, {
    deployment,
    settings,
    cluster,
    capacity,
    capacityProvider: own,
    deploymentAlarms: alarms.worker,
  });
  return Object.fromEntries([...api, ['worker', worker]]) as Record<ServiceName, RunningService>;
}

function createCapacity(scope: Construct, { settings, ...platform }: Platform) {
  const shared = { ...platform, tags: tagsOf(settings) };
  const ofApi = API_SERVICES.map((service) => [
    service,
    createApiCapacity(scope, { ...shared, service, settings: settings.services[service] }),
  ]);
  const workers = createWorkerFleet(scope, {
    ...shared,
    settings: settings.workers,
    logDays: settings.observability.logDays,
  });
  return { ofApi: Object.fromEntries(ofApi) as Record<(typeof API_SERVICES)[number], ApiCapacity>, workers };
}
