import { LOCAL_CREDENTIALS } from '../../../scripts/local/emulators/emulators.ts';
import { aws } from '../aws-cli.ts';
import type { ApplyGuard } from '../iam/apply-guard.ts';
import { guardRole } from '../iam/role-guard.ts';
import type { RehearsedEnvironment } from './rehearsed-environment.ts';
import { ACCOUNT_ID } from './settings.ts';

type Texts = Record<string, string>;

/** The roles that a workflow assumes. */
export interface Roles {
  /** Stands in for aws-actions/configure-aws-credentials. Returns the variables for the steps after it. */
  assume(given: Texts): Promise<Texts>;
  /** A call that the role may not make would fail at AWS, where here it does not: so this throws. */
  check(step: string): void;
  stop(): Promise<void>;
}

/** Opens the roles of the applied bootstrap. Each has a way to AWS of its own, which knows its rights. */
export function openRoles({ endpoint, bootstrap }: RehearsedEnvironment): Roles {
  const guards = new Map<string, ApplyGuard>();

  async function guardOf(name: string): Promise<ApplyGuard> {
    const known = guards.get(name);
    if (known) return known;
    await aws(endpoint, 'iam', 'get-role', '--role-name', name);
    const guard = await guardRole(endpoint, { accountId: ACCOUNT_ID, name, resource: bootstrap.resource });
    guards.set(name, guard);
    return guard;
  }

  return {
    async assume({ 'role-to-assume': arn = '', 'allowed-account-ids': accounts, 'aws-region': region = '' }) {
      if (accounts !== ACCOUNT_ID) throw new Error(`the credentials are for ${accounts}, and not for ${ACCOUNT_ID}`);
      const { url } = await guardOf(arn.replace(`arn:aws:iam::${ACCOUNT_ID}:role/`, ''));
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = LOCAL_CREDENTIALS;
      const where = { AWS_ENDPOINT_URL: url, AWS_REGION: region, AWS_DEFAULT_REGION: region };
      return { ...where, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    },
    check(step) {
      for (const [name, { refused }] of guards) {
        if (refused.size === 0) continue;
        const asked = [...refused];
        // The next version is judged for itself.
        refused.clear();
        throw new Error(`the step ${step} asks for what ${name} may not do: ${asked}`);
      }
    },
    stop: async () => void (await Promise.all([...guards.values()].map((guard) => guard.stop()))),
  };
}
