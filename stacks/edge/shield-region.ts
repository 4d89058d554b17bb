/**
 * Regions that have an Origin Shield and, for other regions, the one that AWS recommends. CloudFront refuses a distribution with any other.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html#choose-origin-shield-region
 */
const WITH_SHIELD: readonly string[] = [
  ...['us-east-1', 'us-east-2', 'us-west-2', 'sa-east-1', 'eu-central-1', 'eu-west-1', 'eu-west-2'],
  ...['ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2'],
];
const NEAREST: Record<string, string> = {
  'us-west-1': 'us-west-2',
  'ca-central-1': 'us-east-1',
  'eu-south-1': 'eu-central-1',
  'eu-west-3': 'eu-west-2',
  'eu-north-1': 'eu-west-2',
  'af-south-1': 'eu-west-1',
  'ap-east-1': 'ap-southeast-1',
  'me-south-1': 'ap-south-1',
};

/** The region of the Origin Shield to use for a region; undefined if AWS recommends none. */
export const shieldRegionOf = (region: string): string | undefined =>
  WITH_SHIELD.includes(region) ? region : NEAREST[region];
