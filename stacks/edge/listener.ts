import { LbListener, type LbListenerDefaultAction } from '@cdktf/provider-aws/lib/lb-listener/index.js';
import type { Construct } from 'constructs';
import { DEFAULT_ANSWER } from '../../shared/contracts/listener-rules.ts';
import type { LoadBalancerSettings } from '../environments/settings.ts';

/** TLS 1.2 and 1.3 with forward secrecy. TLS 1.3 alone would refuse clients that are still in use. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Requests that no rule matches get a problem document and reach no service. */
const NOT_FOUND: LbListenerDefaultAction = {
  type: 'fixed-response',
  fixedResponse: {
    contentType: DEFAULT_ANSWER.contentType,
    statusCode: String(DEFAULT_ANSWER.status),
    messageBody: DEFAULT_ANSWER.body,
  },
};

/**
 * Makes all answers readable by any web page: the load balancer's own (404, 502, 503), and those of the services, whose header it replaces.
 * This opens nothing, because no browser sends a key by itself, and the services' answers to preflights say which pages may send one.
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

/** Whether the load balancer uses HTTPS. Without a certificate it uses HTTP, which the settings must allow explicitly. */
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

/** Creates the listener that carries the rules and, beside HTTPS, one that redirects HTTP to it. Returns the ARN of the first. */
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
    // `Server: awselb/2.0` would help only attackers.
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
      // When a certificate is added, the main listener must leave port 80 first; when it is removed, this one must go before that one returns.
      dependsOn: [listener],
    });
  }
  return listener.arn;
}
