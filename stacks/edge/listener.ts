import { LbListener, type LbListenerDefaultAction } from '@cdktf/provider-aws/lib/lb-listener/index.js';
import type { Construct } from 'constructs';
import { DEFAULT_ANSWER } from '../../shared/contracts/listener-rules.ts';
import type { LoadBalancerSettings } from '../environments/settings.ts';

/** TLS 1.2 and 1.3 with forward secrecy. The policy of 1.3 alone would turn away clients that are still about. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** What no rule matches is nobody's: the answer is a problem, never a service. */
const NOT_FOUND: LbListenerDefaultAction = {
  type: 'fixed-response',
  fixedResponse: {
    contentType: DEFAULT_ANSWER.contentType,
    statusCode: String(DEFAULT_ANSWER.status),
    messageBody: DEFAULT_ANSWER.body,
  },
};

/**
 * Its own answers (404, 502, 503) and, in place of what services say, all others are readable by any page. That gives nobody more: no browser sends a
 * key by itself, and which pages may send one the services say in answer to preflights, which have to name its header.
 */
const ANY_PAGE = { routingHttpResponseAccessControlAllowOriginHeaderValue: '*' };

const TO_HTTPS: LbListenerDefaultAction = {
  type: 'redirect',
  redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' },
};

interface ListenerProps {
  settings: LoadBalancerSettings;
  loadBalancerArn: string;
  isInternal: boolean;
}

/** Whether the load balancer speaks HTTPS. Without a certificate it speaks HTTP, which the settings must say. */
export function isHttps({ certificateArn, allowHttp }: LoadBalancerSettings): boolean {
  if (certificateArn) return true;
  if (allowHttp) return false;
  throw new Error(
    'loadBalancer.certificateArn is missing: API keys and images would travel in the clear. Give the ACM certificate of loadBalancer.domainName, or say allowHttp: true in an environment that holds nothing of value.',
  );
}

/** The ports that are open to clients. */
export const listenerPorts = (settings: LoadBalancerSettings, isInternal: boolean): number[] =>
  isHttps(settings) ? [443, ...(isInternal ? [] : [80])] : [80];

/** The listener that carries the rules, and beside HTTPS one that sends those who come by HTTP there. Answers its ARN. */
export function createListener(scope: Construct, { settings, loadBalancerArn, isInternal }: ListenerProps): string {
  if (!isHttps(settings)) {
    return new LbListener(scope, 'listener', {
      loadBalancerArn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [NOT_FOUND],
      routingHttpResponseServerEnabled: false,
      ...ANY_PAGE,
    }).arn;
  }
  const listener = new LbListener(scope, 'listener', {
    loadBalancerArn,
    port: 443,
    protocol: 'HTTPS',
    ...(settings.certificateArn && { certificateArn: settings.certificateArn }),
    sslPolicy: TLS_POLICY,
    defaultAction: [NOT_FOUND],
    // `Server: awselb/2.0` helps nobody but whoever looks for a way in.
    routingHttpResponseServerEnabled: false,
    ...ANY_PAGE,
    routingHttpResponseStrictTransportSecurityHeaderValue: `max-age=${YEAR_SECONDS}`,
  });
  if (!isInternal) {
    new LbListener(scope, 'redirect-listener', {
      loadBalancerArn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [TO_HTTPS],
      // After the other has left this port, where there was no certificate until now; and gone before it comes back.
      dependsOn: [listener],
    });
  }
  return listener.arn;
}
