import type { IncomingMessage, RequestListener } from 'node:http';

/** Plays the metadata service of an instance, version 2. It refuses requests without a token, and answers 404 while there is no notice. */
export function playMetadata() {
  const played = { tokens: 0, looks: 0, tokenStatus: 200, status: 404, body: '<html>404 - Not Found</html>' };
  const statusOf = ({ method, url, headers }: IncomingMessage) => {
    if (method === 'PUT' && url === '/latest/api/token') {
      played.tokens += 1;
      return headers['x-aws-ec2-metadata-token-ttl-seconds'] ? played.tokenStatus : 400;
    }
    if (headers['x-aws-ec2-metadata-token'] !== `token-${played.tokens}`) return 401;
    if (url !== '/latest/meta-data/spot/instance-action') return 500;
    played.looks += 1;
    return played.status;
  };
  const answer: RequestListener = (request, response) => {
    const body = request.method === 'PUT' ? () => `token-${played.tokens}` : () => played.body;
    response.writeHead(statusOf(request), { connection: 'close' }).end(body());
  };
  return { played, answer };
}
