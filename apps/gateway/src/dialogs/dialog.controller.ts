import { Controller, Get, Headers, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { V1Request } from '../http/request-reader.js';
import { V1 } from '../http/v1-request.js';
import { type DialogPage, Dialogs } from './dialogs.js';

/** The Content-Security-Policy of dialogs. */
export const DIALOG_POLICY = 'dialog-policy';

/**
 * No script runs in a dialog, whatever data found their way into it, and its forms go nowhere else.
 * @param origins - whose pages may show it in a frame, as they stand in the settings
 */
export const dialogPolicy = (origins: readonly string[]): string =>
  [
    ...[
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self' data: https:",
      "form-action 'self'",
      "base-uri 'none'",
    ],
    `frame-ancestors ${["'self'", ...origins].join(' ')}`,
  ].join('; ');

/** How long a style or an image of dialogs may be kept. */
const STATIC_CACHE = 'private, max-age=300';

/** `/genesys/1/service/{id}/dialogs/{file}` and `/genesys/1/dialogs/{file}`. */
@Controller('genesys/1')
export class DialogController {
  constructor(
    private readonly dialogs: Dialogs,
    @Inject(DIALOG_POLICY) private readonly policy: string,
  ) {}

  @Get('service/:id/dialogs/:file')
  async ofService(
    @Param('id') id: string,
    @Param('file') file: string,
    @V1() { user }: V1Request,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    try {
      return this.send(reply, await this.dialogs.ofService(id, user, file));
    } catch (error) {
      if (accept?.includes('text/html') !== true) throw error;
      return this.send(reply, await this.dialogs.gone(error));
    }
  }

  @Get('dialogs/:file')
  async alone(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.send(reply, await this.dialogs.alone(file));
  }

  private send(reply: FastifyReply, page: DialogPage | undefined): string {
    if (page === undefined) throw new NotFoundException();
    const { status, contentType, isStatic, text } = page;
    if (isStatic) void reply.removeHeader('pragma').header('cache-control', STATIC_CACHE);
    void reply
      .status(status)
      .header('content-type', contentType)
      .header('content-security-policy', this.policy)
      .header('x-content-type-options', 'nosniff')
      // The address of a dialog is the key to its service: no other site is told.
      .header('referrer-policy', 'same-origin');
    return text;
  }
}
