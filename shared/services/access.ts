import { createLocalJWKSet } from 'jose';
import type { Environment } from '../contracts/environment.ts';
import type { JwtIssuer } from '../contracts/jwt-issuers.ts';
import type { ServiceName } from '../contracts/services.ts';
import { NO_OWNER_LIMITS } from '../domain/owner-limits.ts';
import type { AccessPorts } from '../domain/principal.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ImageTable } from '../storage/table/image-table.ts';
import { openApiKeys } from './api-keys.ts';
import { type AuditSettings, openAudit } from './audit.ts';
import { openOwnerLimits } from './owner-limits.ts';
import { type IssuerKeys, openIssuerKeys } from './tokens/issuer-keys.ts';
import { verifyJwts } from './tokens/jwt-verifier.ts';
import { uploadTokenVerifier } from './upload-tokens.ts';

interface AccessOptions {
  service: ServiceName;
  config: Pick<Environment, 'AUTHENTICATION'> &
    Partial<Pick<Environment, 'JWT_ISSUERS' | 'OWNER_LIMITS' | 'UPLOAD_TIMEOUT_SECONDS'>> &
    AuditSettings;
  table: ImageTable;
  logger: Logger;
  clock?: Clock | undefined;
  /** Epoch milliseconds; those of the machine if absent. */
  now?: (() => number) | undefined;
}

/** Opens what a service of the API asks about its callers, and where it tells what they did. */
export async function openAccess({ service, config, table, logger, clock, now }: AccessOptions) {
  const audit = await openAudit({ service, config, logger });
  const isOn = config.AUTHENTICATION !== 'off';
  const issuers = (isOn ? (config.JWT_ISSUERS ?? []) : []).map((issuer) => ({
    issuer,
    ...keysOf(issuer, { logger, clock }),
  }));
  const limits = openOwnerLimits({
    ...{ table, logger, values: config.OWNER_LIMITS ?? NO_OWNER_LIMITS },
    // Only the services that take uploads have this setting.
    uploadSeconds: config.UPLOAD_TIMEOUT_SECONDS ?? 0,
  });
  const keys = isOn ? openApiKeys({ table, logger, clock }) : undefined;
  return {
    limits,
    verifiers: [
      uploadTokenVerifier({ table, isKeyValid: keys?.isValid, clock, now }),
      ...(keys ? [keys.verify] : []),
      ...(issuers.length > 0 ? [verifyJwts(issuers)] : []),
    ],
    audit: audit.write,
    /** Ends what was opened, once there are no more requests. */
    async stop() {
      for (const { stop } of issuers) stop();
      await Promise.all([audit.stop(), limits.stop()]);
    },
  } satisfies AccessPorts & { stop(): Promise<void> };
}

function keysOf(issuer: JwtIssuer, options: Pick<AccessOptions, 'logger' | 'clock'>): IssuerKeys {
  if (!issuer.keys) return openIssuerKeys(issuer, options);
  return { findKey: createLocalJWKSet({ keys: issuer.keys }), stop: () => undefined };
}
