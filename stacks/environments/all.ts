import { dev } from './dev.ts';
import { prod } from './prod.ts';
import type { EnvironmentSettings } from './settings.ts';
import { staging } from './staging.ts';

/** All environments. To add one, add a file beside these and its name to this list. */
export const ENVIRONMENTS: readonly EnvironmentSettings[] = [dev, staging, prod];
