import { jsonError, jsonOf, type OpenSupplement } from './exchange.ts';
import { userOf } from './uses.ts';

/**
 * moto 5.2.1 deletes a web ACL that a distribution has. AWS refuses that with WAFAssociatedItemException
 * (https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html), which provider 5.100.0 retries for five minutes. Here it is
 * a code that the provider does not retry.
 */
export const openWafv2: OpenSupplement = (accountId) => (request) => {
  if (request.action !== 'DeleteWebACL') return undefined;
  const { Name, Id, Scope } = jsonOf(request);
  const place = Scope === 'CLOUDFRONT' ? 'us-east-1:ACCOUNT:global' : `${request.region}:ACCOUNT:regional`;
  const user = userOf(`arn:aws:wafv2:${place.replace('ACCOUNT', accountId)}/webacl/${Name}/${Id}`);
  return user === undefined ? undefined : jsonError('WAFInvalidOperationException', `The web ACL is used by ${user}`);
};
