type Fields = Record<string, unknown>;

/** Properties of a service that moto 5.2.1 returns in another form. */
const TOLD_BY_MOTO = [
  ...['cluster', 'service', 'serviceName', 'taskDefinition', 'desiredCount', 'loadBalancers', 'serviceRegistries'],
  ...['networkConfiguration', 'tags', 'clientToken', 'forceNewDeployment'],
];

/**
 * Completes deployments at once. No task starts here, and moto 5.2.1 reports for ever that the deployment is in progress, with its first
 * revision.
 */
export function settle(service: Fields & { status?: string; deployments?: Fields[] }): void {
  const { status, deployments = [], desiredCount, taskDefinition } = service;
  if (status !== 'ACTIVE') return;
  const counts = { desiredCount, runningCount: desiredCount, pendingCount: 0 };
  const settled = { ...counts, taskDefinition, rolloutState: 'COMPLETED', rolloutStateReason: 'Nothing runs here.' };
  Object.assign(service, counts, { deployments: deployments.slice(0, 1).map((first) => ({ ...first, ...settled })) });
}

/** The rest of a service's settings by its ARN. moto accepts them but does not return them. */
export function createServiceSettings() {
  const kept = new Map<string, Fields>();

  function keep(arn: string, given: Fields): void {
    const rest = Object.entries(given).filter(([name]) => !TOLD_BY_MOTO.includes(name));
    kept.set(arn, { ...kept.get(arn), ...Object.fromEntries(rest) });
  }

  function addTo(service: Fields & { serviceArn: string }): void {
    Object.assign(service, kept.get(service.serviceArn));
    // moto defaults to the launch type EC2, but a service with capacity providers has none.
    if (service.capacityProviderStrategy) delete service.launchType;
    // Provider 5.100.0 crashes at the empty network configuration that moto returns for services without one.
    if (Object.keys(service.networkConfiguration ?? {}).length === 0) delete service.networkConfiguration;
  }

  return { keep, addTo };
}
