import { EXAMPLE_ACCOUNT_ID } from '../../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';

/**
 * Whether nobody has put own values into the settings yet. Where somebody has, as docs/deploying.md says, tests of the placeholders have nothing
 * to look at.
 */
export const ARE_AS_SHIPPED = ENVIRONMENTS.every(({ accountId }) => accountId === EXAMPLE_ACCOUNT_ID);
