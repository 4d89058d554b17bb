import type { Configuration } from '../../terraform.ts';
import { BACKUP } from './backup-configurations.ts';
import { CLOUDFRONT } from './cloudfront-configurations.ts';
import { COMPUTE } from './compute-configurations.ts';
import { DATA } from './data-configurations.ts';
import { WATCHING } from './watching-configurations.ts';

export type Resources = NonNullable<Configuration['resource']>;

/** Resources by the action of AWS that moto 5.2.1 does not answer for them. */
export type Configurations = Record<string, Resources>;

/** The smallest of each thing that the stand-in answers for. */
export const CONFIGURATIONS: Configurations = { ...BACKUP, ...CLOUDFRONT, ...COMPUTE, ...DATA, ...WATCHING };
