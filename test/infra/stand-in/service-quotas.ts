import { json, jsonError, jsonOf, type OpenSupplement } from './exchange.ts';

/** Quotas of a new account that moto 5.2.1 lacks: it has only those of VPCs, and does not accept requests for an increase. */
const NEW_ACCOUNT: Record<string, number> = {
  'ec2 L-0263D0A3': 5,
  'ec2 L-1216C47A': 5,
  'ec2 L-34B43A08': 5,
  'elasticloadbalancing L-53DA6B97': 50,
  'fargate L-3032A538': 6,
};

/** An increase is granted at once, which takes AWS minutes to days. */
export const openServiceQuotas: OpenSupplement = () => {
  const granted = new Map<string, number>();
  return (request) => {
    const { ServiceCode, QuotaCode, DesiredValue } = jsonOf(request);
    const name = `${ServiceCode} ${QuotaCode}`;
    const quota = (Value: number) => json({ Quota: { ServiceCode, QuotaCode, Value, Adjustable: true } });
    const [own, first] = [granted.get(name), NEW_ACCOUNT[name]];
    switch (request.action) {
      case 'RequestServiceQuotaIncrease':
        granted.set(name, DesiredValue);
        return json({ RequestedQuota: { ServiceCode, QuotaCode, DesiredValue, Status: 'APPROVED' } });
      case 'GetServiceQuota':
        if (own !== undefined) return quota(own);
        return first === undefined ? undefined : jsonError('NoSuchResourceException', `No quota ${name} is applied`);
      case 'GetAWSDefaultServiceQuota':
        return first === undefined ? undefined : quota(first);
      default:
        return undefined;
    }
  };
};
