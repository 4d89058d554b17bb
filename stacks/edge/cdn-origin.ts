import type { CloudfrontDistributionOrigin } from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js';
import { CloudfrontVpcOrigin } from '@cdktf/provider-aws/lib/cloudfront-vpc-origin/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { CdnSettings } from '../environments/settings.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { shieldRegionOf } from './shield-region.ts';

export const ORIGIN_ID = 'load-balancer';

/** The wait for the first byte and between two reads. Every download begins within 30 s, and event streams send a comment every 15 s. */
const READ_TIMEOUT_SECONDS = 60;

/** Shorter than the load balancer's idle timeout, so that the CDN never uses a connection that is being closed. */
const KEEP_ALIVE_SECONDS = 30;

interface OriginProps {
  settings: CdnSettings;
  names: Names;
  loadBalancer: LoadBalancer;
}

/** The CDN reaches the load balancer either by its public address, with a secret, or from inside the network. */
export function createOrigin(scope: Construct, props: OriginProps): CloudfrontDistributionOrigin {
  const { settings, loadBalancer } = props;
  const { region, domainName, dnsName, originSecret } = loadBalancer;
  return {
    originId: ORIGIN_ID,
    // Certificates are for `domainName`, never for the name that AWS gives.
    domainName: domainName ?? dnsName,
    connectionAttempts: 2,
    connectionTimeout: 5,
    ...(originSecret && { customHeader: [{ name: originSecret.header, value: originSecret.current }] }),
    ...(settings.originShield && {
      originShield: { enabled: true, originShieldRegion: shieldRegionOf(region) ?? region },
    }),
    ...(loadBalancer.isInternal
      ? { vpcOriginConfig: vpcConfig(scope, props) }
      : { customOriginConfig: publicConfig(loadBalancer) }),
  };
}

const TIMEOUTS = { originReadTimeout: READ_TIMEOUT_SECONDS, originKeepaliveTimeout: KEEP_ALIVE_SECONDS };

const PORTS = { httpPort: 80, httpsPort: 443 };

const TLS = ['TLSv1.2'];

const protocolPolicy = ({ isHttps }: LoadBalancer): string => (isHttps ? 'https-only' : 'http-only');

const publicConfig = (loadBalancer: LoadBalancer) => ({
  ...TIMEOUTS,
  ...PORTS,
  originProtocolPolicy: protocolPolicy(loadBalancer),
  originSslProtocols: TLS,
});

function vpcConfig(scope: Construct, { names, loadBalancer }: OriginProps) {
  const origin = new CloudfrontVpcOrigin(scope, 'vpc-origin', {
    vpcOriginEndpointConfig: [
      {
        ...PORTS,
        name: names.prefix,
        arn: loadBalancer.arn,
        originProtocolPolicy: protocolPolicy(loadBalancer),
        originSslProtocols: [{ items: TLS, quantity: TLS.length }],
      },
    ],
    // While a distribution uses the origin, any change to it fails with 409, even a change of tags (terraform-provider-aws #40905). To replace
    // it, create a second one, switch over, and remove the first.
    lifecycle: { ignoreChanges: ['tags'] },
  });
  return { ...TIMEOUTS, vpcOriginId: origin.id };
}
