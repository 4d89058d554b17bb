import type { ServerResponse } from 'node:http';
import type { Lifecycle } from '@hapi/hapi';

/**
 * Has the answer to a HEAD tell what that to a GET would (RFC 9110, 9.3.2). Where hapi would compress, it tells a HEAD the length before
 * that, which nobody is ever sent; so there is none, as with a GET.
 */
export const answerHeadLikeGet: Lifecycle.Method = ({ method, info: { acceptEncoding }, raw: { res } }, h) => {
  if (method === 'head' && acceptEncoding !== 'identity')
    beforeHead(res, (status) => forgetLength(res, status, acceptEncoding));
  return h.continue;
};

/** hapi decides while it writes, behind its last extension point. */
function beforeHead(res: ServerResponse, act: (status: number) => void): void {
  const writeHead: (status: number, ...others: never[]) => ServerResponse = res.writeHead.bind(res);
  res.writeHead = (status: number, ...others: never[]) => {
    act(status);
    return writeHead(status, ...others);
  };
}

function forgetLength(res: ServerResponse, status: number, acceptEncoding: string): void {
  const isPacked = /\baccept-encoding\b/i.test(String(res.getHeader('vary'))) && !res.hasHeader('content-encoding');
  if (!isPacked) return;
  res.removeHeader('content-length');
  if (status !== 304 && status !== 204) res.setHeader('content-encoding', acceptEncoding);
}
