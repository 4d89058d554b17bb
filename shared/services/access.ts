import { createLocalJWKSet } from 'jose';
import type { Environment } from '../contracts/environment.ts';
import type { JwtIssuer } from '../contracts/jwt-issuers.ts';
import type { AccessPorts } from '../domain/principal.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { openApiKeys } from './api-keys.ts';
import { type IssuerKeys, openIssuerKeys } from './tokens/issuer-keys.ts';
import { verifyJwts } from './tokens/jwt-verifier.ts';

interface AccessOptions {
  config: Pick<Environment, 'AUTHENTICATION'> & Partial<Pick<Environment, 'JWT_ISSUERS'>>;
  table: ImageTable;
  logger: Logger;
  clock?: Clock | undefined;
}

/** Opens what a service of the API asks about its callers. */
export async function openAccess({ config, table, logger, clock }: AccessOptions) {
  if (config.AUTHENTICATION === 'off') return { verifiers: [], stop() {} };
  const issuers = (config.JWT_ISSUERS ?? []).map((issuer) => ({ issuer, ...keysOf(issuer, { logger, clock }) }));
  return {
    verifiers: [openApiKeys({ table, logger, clock }), ...(issuers.length > 0 ? [verifyJwts(issuers)] : [])],
    stop() {
      for (const { stop } of issuers) stop();
    },
  } satisfies AccessPorts & { stop(): void };
}

function keysOf(issuer: JwtIssuer, options: Pick<AccessOptions, 'logger' | 'clock'>): IssuerKeys {
  if (!issuer.keys) return openIssuerKeys(issuer, options);
  return { findKey: createLocalJWKSet({ keys: issuer.keys }), stop: () => undefined };
}
