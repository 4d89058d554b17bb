import Joi from 'joi';
import { type Config, ENVIRONMENT, SERVICE_ENVIRONMENT } from '../contracts/environment.ts';
import type { ServiceName } from '../contracts/services.ts';

/** Names all settings that are missing or wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a service's settings from its environment, once, at start: the only reader of process.env. Variables that are not in
 * the contract are left alone, an empty one counts as absent. Throws ConfigError with one line for each setting that is wrong.
 */
export function loadConfig<S extends ServiceName>(service: S, env: NodeJS.ProcessEnv = process.env): Config<S> {
  const names = SERVICE_ENVIRONMENT[service];
  const schema = Joi.object(Object.fromEntries(names.map((name) => [name, ENVIRONMENT[name]])));
  const given = Object.fromEntries(names.map((name) => [name, env[name] || undefined]));
  const { error, value } = schema.validate(given, { abortEarly: false, errors: { wrap: { label: false } } });
  if (error) {
    const lines = error.details.map(({ message, path }) => {
      const doc = ENVIRONMENT[path[0] as keyof typeof ENVIRONMENT].describe().flags as { description?: string };
      return `  ${message}. ${doc.description ?? ''}`;
    });
    throw new ConfigError(`${service} cannot start, its environment is wrong:\n${lines.join('\n')}`);
  }
  return Object.freeze(value);
}
