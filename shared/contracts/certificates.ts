/**
 * The region of CloudFront's own resources, and the only one whose certificates it takes:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 */
export const EDGE_REGION = 'us-east-1';

/**
 * An alarm is raised this many days before a certificate expires. ACM renews its own certificates 60 days before
 * (https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html), so with half of that left the renewal has failed.
 */
export const ALARM_DAYS_BEFORE_EXPIRY = 30;
