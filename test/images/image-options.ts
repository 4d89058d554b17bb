import type { ServiceName } from '../../shared/contracts/services.ts';
import { imageOf, rootOf } from './built.ts';
import type { ContainerOptions } from './container.ts';

/** How Docker starts the image of a service, before anybody adds anything. */
export async function optionsOf(service: ServiceName): Promise<ContainerOptions> {
  const { config } = (await imageOf(service)).config;
  return {
    root: await rootOf(service),
    command: config.Cmd,
    environment: Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s))),
    user: config.User,
    workingDirectory: config.WorkingDir,
  };
}
