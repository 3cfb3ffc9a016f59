import { NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PageFolder } from './page-folder.js';

const YEAR_S = 31_536_000;

/** Nothing runs and nothing is drawn that the server did not send; nobody may frame it. */
export const pagePolicy = ({
  connect = [],
  style = [],
}: { readonly connect?: readonly string[]; readonly style?: readonly string[] } = {}): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...style].join(' '),
    "img-src 'self' data:",
    ["connect-src 'self'", ...connect].join(' '),
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join('; ');

/** Answers with a file of a page. @throws NotFoundException */
export const sendPage = (
  folder: PageFolder,
  name: string,
  policy: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Buffer => {
  const file = folder.get(name);
  if (file === undefined) throw new NotFoundException();
  const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  void reply
    .header('content-type', file.type)
    .header('etag', file.etag)
    .header('cache-control', file.isImmutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
    .removeHeader('pragma')
    .header('vary', 'accept-encoding')
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer');
  if (request.headers['if-none-match'] === file.etag) {
    void reply.status(304);
    return Buffer.alloc(0);
  }
  if (!takesGzip || file.gzipped === undefined) return file.bytes;
  void reply.header('content-encoding', 'gzip');
  return file.gzipped;
};

/** The part of a path behind the page's own. */
export const nameAfter = (prefix: string, { url }: FastifyRequest): string => {
  const [path = ''] = url.split('?');
  return path
    .replace(/\/{2,}/g, '/')
    .slice(prefix.length)
    .replace(/^\//, '');
};
