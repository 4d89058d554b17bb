import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Environment } from '../contracts/environment.ts';
import type { JwtIssuer } from '../contracts/jwt-issuers.ts';
import type { AccessPorts } from '../domain/principal.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { type TrustedIssuer, verifyJwts } from './tokens/jwt-verifier.ts';
import { uploadTokenVerifier } from './upload-tokens.ts';

interface AccessOptions {
  config: Pick<Environment, 'AUTHENTICATION'> & Partial<Pick<Environment, 'JWT_ISSUERS'>>;
  table: ImageTable;
  logger: Logger;
  /** Epoch milliseconds; those of the machine if absent. */
  now?: (() => number) | undefined;
}

/** Opens what a service of the API asks about its callers. */
export async function openAccess({ config, table, now }: AccessOptions) {
  const issuers = config.AUTHENTICATION === 'off' ? [] : (config.JWT_ISSUERS ?? []);
  return {
    verifiers: [uploadTokenVerifier({ table, now }), ...(issuers.length > 0 ? [verifyJwts(issuers.map(trust))] : [])],
    stop() {},
  } satisfies AccessPorts & { stop(): void };
}

const trust = (issuer: JwtIssuer): TrustedIssuer => ({
  issuer,
  findKey: createLocalJWKSet({ keys: issuer.keys ?? [] } as JSONWebKeySet),
});
