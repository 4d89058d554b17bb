import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { ALARM_DAYS_BEFORE_EXPIRY } from '../../shared/contracts/certificates.ts';
import type { Names } from '../../shared/contracts/names.ts';
import { createAlarm } from './alarm.ts';
import { metric } from './metrics.ts';

interface CertificateAlarmProps {
  names: Names;
  /** The owner of the certificate, which is part of the alarm's name. */
  of: 'load-balancer' | 'cdn';
  certificateArn: string | undefined;
  actions: readonly string[];
  provider?: TerraformProvider | undefined;
}

/** Warns that a certificate named in the settings expires soon. CloudWatch has the remaining days twice a day. */
export function createCertificateAlarm(scope: Construct, props: CertificateAlarmProps): void {
  const { names, of, certificateArn, ...rest } = props;
  if (!certificateArn) return;
  createAlarm(new Construct(scope, `${of}-certificate`), 'alarm', {
    ...rest,
    name: `${names.prefix}-${of}-certificate`,
    description: `The certificate of the ${of.replace('-', ' ')} ends in less than ${ALARM_DAYS_BEFORE_EXPIRY} days. One of ACM is not renewed because its DNS record is gone; one that was imported has to be imported again.`,
    readings: {
      days: {
        metric: metric('AWS/CertificateManager', 'DaysToExpiry', { CertificateArn: certificateArn }),
        stat: 'Minimum',
      },
    },
    threshold: ALARM_DAYS_BEFORE_EXPIRY,
    below: true,
    periodSeconds: 24 * 60 * 60,
    datapoints: 1,
    periods: 1,
    // An expired or new certificate has no metric.
    missing: 'ignore',
  });
}
