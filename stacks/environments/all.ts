import { dev } from './dev.ts';
import { prod } from './prod.ts';
import type { EnvironmentSettings } from './settings.ts';
import { staging } from './staging.ts';

/** Every environment there is: a new one is a file beside these and a name in this list. */
export const ENVIRONMENTS: readonly EnvironmentSettings[] = [dev, staging, prod];
