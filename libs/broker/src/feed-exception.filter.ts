import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Hands what a handler threw to the feed as it is. Nest's own filter would replace it by a text, and the feed could not
 * tell a store that is away from an event that nobody can handle: every controller of the feed needs this one.
 */
@Catch()
export class FeedExceptionFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}
