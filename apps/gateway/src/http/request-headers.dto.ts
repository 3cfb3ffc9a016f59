import { IsOptional, Matches, MaxLength } from 'class-validator';

/** Longest user name taken, in characters. */
const USER_LENGTH_MAX = 256;

/** The headers that v1 operations read. */
export class RequestHeadersDto {
  /** The end user, as a trusted gateway names him. */
  @IsOptional()
  @MaxLength(USER_LENGTH_MAX, { message: `gms_user: expected at most ${USER_LENGTH_MAX} characters` })
  user: string | undefined;

  /** The client's own id of its command: a repeat of it does nothing new. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,128}$/, { message: 'Idempotency-Key: expected 1 to 128 printable ASCII characters' })
  idempotencyKey: string | undefined;
}
