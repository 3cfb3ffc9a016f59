import { Controller, Get, Header, Res } from '@nestjs/common';
import { Metrics } from '../metrics.js';
import { Readiness } from './readiness.js';

/** What sets the status of a reply. */
interface Reply {
  status(code: number): unknown;
}

/** Liveness, readiness and metrics of a process. */
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<{ status: string; reason?: string }> {
    const { isReady, reason } = await this.readiness.report();
    reply.status(isReady ? 200 : 503);
    return { status: isReady ? 'ready' : 'not ready', ...(reason === undefined ? {} : { reason }) };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
