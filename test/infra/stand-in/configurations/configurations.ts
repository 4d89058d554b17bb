import type { Configuration } from '../../terraform.ts';
import { BACKUP } from './backup-configurations.ts';
import { CLOUDFRONT } from './cloudfront-configurations.ts';
import { COMPUTE } from './compute-configurations.ts';
import { DATA } from './data-configurations.ts';
import { WATCHING } from './watching-configurations.ts';

export type Resources = NonNullable<Configuration['resource']>;

/** Resources by the action of AWS that moto 5.2.1 lacks for them. */
export type Configurations = Record<string, Resources>;

/** A minimal configuration for each action that the stand-in answers. */
export const CONFIGURATIONS: Configurations = { ...BACKUP, ...CLOUDFRONT, ...COMPUTE, ...DATA, ...WATCHING };
