import { ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import type { JwtIssuer } from '../../../shared/contracts/jwt-issuers.ts';

/** JWT_ISSUERS as a service reads them. */
export function readIssuers(...issuers: object[]): JwtIssuer[] {
  const { error, value } = ENVIRONMENT.JWT_ISSUERS.validate(JSON.stringify(issuers));
  if (error) throw error;
  return value;
}
