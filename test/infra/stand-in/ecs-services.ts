type Fields = Record<string, unknown>;

/** What moto 5.2.1 has of a service in a form of its own, and tells. */
const TOLD_BY_MOTO = [
  ...['cluster', 'service', 'serviceName', 'taskDefinition', 'desiredCount', 'loadBalancers', 'serviceRegistries'],
  ...['networkConfiguration', 'tags', 'clientToken', 'forceNewDeployment'],
];

/** No task starts here: moto 5.2.1 says for ever that a deployment goes on, and of which revision the first was. Whoever waits for it goes on at once. */
export function settle(service: Fields & { status?: string; deployments?: Fields[] }): void {
  const { status, deployments = [], desiredCount, taskDefinition } = service;
  if (status !== 'ACTIVE') return;
  const counts = { desiredCount, runningCount: desiredCount, pendingCount: 0 };
  const settled = { ...counts, taskDefinition, rolloutState: 'COMPLETED', rolloutStateReason: 'Nothing runs here.' };
  Object.assign(service, counts, { deployments: deployments.slice(0, 1).map((first) => ({ ...first, ...settled })) });
}

/** The rest of a service's settings, which moto takes and does not tell, by the service's ARN. */
export function createServiceSettings() {
  const kept = new Map<string, Fields>();

  function keep(arn: string, given: Fields): void {
    const rest = Object.entries(given).filter(([name]) => !TOLD_BY_MOTO.includes(name));
    kept.set(arn, { ...kept.get(arn), ...Object.fromEntries(rest) });
  }

  function addTo(service: Fields & { serviceArn: string }): void {
    Object.assign(service, kept.get(service.serviceArn));
    // It calls the launch type EC2 unless told; a service that names capacity providers has none.
    if (service.capacityProviderStrategy) delete service.launchType;
    // At an empty network configuration, of services that have none, provider 5.100.0 crashes.
    if (Object.keys(service.networkConfiguration ?? {}).length === 0) delete service.networkConfiguration;
  }

  return { keep, addTo };
}
