import { type AwsAnswer, jsonError, type jsonOf } from './exchange.ts';

type Body = ReturnType<typeof jsonOf>;

/** The name `image-service-dev`, from an ARN or the name itself. */
const nameOf = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? '';

/** The cluster in a service's ARN. */
const clusterOf = (serviceArn: string): string => serviceArn.split('/').at(-2) ?? '';

/**
 * AWS does not remove a capacity provider from a cluster while a service or its tasks use it
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html), and does not delete one that a cluster
 * has (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCapacityProvider.html). moto 5.2.1 does both. Here they are
 * refused with a code that Terraform does not retry: for AWS's own, ResourceInUseException and a status DELETE_FAILED, provider 5.100.0
 * waits 10 and 20 minutes.
 */
export function createCapacityUses() {
  const providersOfCluster = new Map<string, string[]>();
  const providersOfService = new Map<string, string[]>();

  const isUsedIn = (cluster: string, provider: string): boolean =>
    [...providersOfService].some(([arn, names]) => clusterOf(arn) === cluster && names.includes(provider));

  function put(cluster: string, names: string[]): AwsAnswer | undefined {
    const removed = (providersOfCluster.get(cluster) ?? []).filter((name) => !names.includes(name));
    const used = removed.find((name) => isUsedIn(cluster, name));
    if (used) {
      return jsonError('ClientException', `The specified capacity provider is in use and cannot be removed: ${used}`);
    }
    providersOfCluster.set(cluster, names);
    return undefined;
  }

  function remove(provider: string): AwsAnswer | undefined {
    const cluster = [...providersOfCluster].find(([, names]) => names.includes(provider))?.[0];
    return cluster === undefined
      ? undefined
      : jsonError(
          'ClientException',
          `The capacity provider cannot be deleted because it is associated with cluster: ${cluster}. Remove the capacity provider from the cluster and try again.`,
        );
  }

  function refuse(action: string, body: Body): AwsAnswer | undefined {
    if (action === 'PutClusterCapacityProviders') return put(nameOf(body.cluster), body.capacityProviders);
    return action === 'DeleteCapacityProvider' ? remove(nameOf(body.capacityProvider)) : undefined;
  }

  /** A service after CreateService or UpdateService, which may omit its strategy. */
  function keep(serviceArn: string, { capacityProviderStrategy }: Body): void {
    if (!capacityProviderStrategy) return;
    const names = capacityProviderStrategy.map(({ capacityProvider }: Body) => nameOf(capacityProvider));
    providersOfService.set(serviceArn, names);
  }

  return { refuse, keep, forget: (serviceArn: string) => void providersOfService.delete(serviceArn) };
}
