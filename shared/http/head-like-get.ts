import type { ServerResponse } from 'node:http';
import type { Lifecycle } from '@hapi/hapi';

/**
 * Makes the headers of HEAD those of GET (RFC 9110, 9.3.2). If hapi would compress the response to GET, it sends the uncompressed length to HEAD.
 * That length is removed, because GET does not have it either.
 */
export const answerHeadLikeGet: Lifecycle.Method = ({ method, info: { acceptEncoding }, raw: { res } }, h) => {
  if (method === 'head' && acceptEncoding !== 'identity')
    beforeWriteHead(res, (status) => removeLength(res, status, acceptEncoding));
  return h.continue;
};

/** hapi decides about compression after its last extension point, so `writeHead` must be wrapped. */
function beforeWriteHead(res: ServerResponse, act: (status: number) => void): void {
  const writeHead: (status: number, ...others: never[]) => ServerResponse = res.writeHead.bind(res);
  res.writeHead = (status: number, ...others: never[]) => {
    act(status);
    return writeHead(status, ...others);
  };
}

function removeLength(res: ServerResponse, status: number, acceptEncoding: string): void {
  const isCompressed = /\baccept-encoding\b/i.test(String(res.getHeader('vary'))) && !res.hasHeader('content-encoding');
  if (!isCompressed) return;
  res.removeHeader('content-length');
  if (status !== 304 && status !== 204) res.setHeader('content-encoding', acceptEncoding);
}
