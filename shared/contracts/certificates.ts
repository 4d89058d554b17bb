/**
 * Where CloudFront's own things are, and the only region whose certificates it takes:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 */
export const EDGE_REGION = 'us-east-1';

/**
 * Days before the end of a certificate at which somebody is told. ACM renews its own 60 days before
 * (https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html): with half of that left, it could not.
 */
export const DAYS_LEFT = 30;
