import type { Configurations } from './configurations.ts';

export const CLOUDFRONT: Configurations = {
  'CloudFront CreateFunction': {
    aws_cloudfront_function: {
      accept: { name: 'accept', runtime: 'cloudfront-js-2.0', publish: true, code: 'function handler(event) {}' },
    },
  },
  'CloudFront CreateCachePolicy': {
    aws_cloudfront_cache_policy: {
      path: {
        name: 'path',
        min_ttl: 0,
        parameters_in_cache_key_and_forwarded_to_origin: {
          cookies_config: { cookie_behavior: 'none' },
          headers_config: { header_behavior: 'none' },
          query_strings_config: { query_string_behavior: 'whitelist', query_strings: { items: ['download'] } },
        },
      },
    },
  },
  'CloudFront CreateOriginRequestPolicy': {
    aws_cloudfront_origin_request_policy: {
      conditional: {
        name: 'conditional',
        cookies_config: { cookie_behavior: 'none' },
        headers_config: { header_behavior: 'whitelist', headers: { items: ['If-Range'] } },
        query_strings_config: { query_string_behavior: 'all' },
      },
    },
  },
  'CloudFront CreateResponseHeadersPolicy': {
    aws_cloudfront_response_headers_policy: {
      secure: {
        name: 'secure',
        security_headers_config: { content_type_options: { override: true } },
      },
    },
  },
  'CloudFront CreateVpcOrigin, and the functions of a distribution': {
    aws_cloudfront_vpc_origin: {
      internal: {
        vpc_origin_endpoint_config: {
          name: 'internal',
          arn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/internal/0123456789abcdef',
          http_port: 80,
          https_port: 443,
          origin_protocol_policy: 'http-only',
          origin_ssl_protocols: { items: ['TLSv1.2'], quantity: 1 },
        },
        tags: { Owner: 'test' },
      },
    },
    aws_cloudfront_function: {
      viewer: { name: 'viewer', runtime: 'cloudfront-js-2.0', publish: true, code: 'function handler(event) {}' },
    },
    aws_cloudfront_distribution: {
      images: {
        enabled: true,
        tags: { Owner: 'test' },
        origin: {
          origin_id: 'api',
          domain_name: 'internal.example.com',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
          vpc_origin_config: { vpc_origin_id: '${aws_cloudfront_vpc_origin.internal.id}' },
        },
        default_cache_behavior: {
          target_origin_id: 'api',
          allowed_methods: ['GET', 'HEAD'],
          cached_methods: ['GET', 'HEAD'],
          viewer_protocol_policy: 'redirect-to-https',
          cache_policy_id: '658327ea-f89d-4fab-a63d-7e88639e58f6',
          function_association: {
            event_type: 'viewer-request',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
            function_arn: '${aws_cloudfront_function.viewer.arn}',
          },
        },
        restrictions: { geo_restriction: { restriction_type: 'none' } },
        viewer_certificate: { cloudfront_default_certificate: true },
      },
    },
  },
};
