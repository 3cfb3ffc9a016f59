import { IsBoolean, IsOptional, MaxLength, Validate, ValidatorConstraint } from 'class-validator';
import { isSkillName } from '@app/config';
import { isAgentId } from '@app/event-store';

/** Longest text of a message, whisper or notice, in characters. */
export const TEXT_MAX = 4_096;
const URL_MAX = 2_048;
const REASON_MAX = 64;
const CODE_MAX = 64;
const NOTE_MAX = 2_000;
const TOKEN_MAX = 64;
const SKILLS_MAX = 16;

const isText = (value: unknown): value is string => typeof value === 'string';
/** Controls but tab, line feed and carriage return, and halves of characters. */
const UNFIT = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

@ValidatorConstraint({ name: 'text' })
class PlainText {
  validate(value: unknown): boolean {
    return isText(value) && value.trim() !== '' && !UNFIT.test(value);
  }

  defaultMessage(): string {
    return '$property: expected a text that is not empty, without control characters';
  }
}

@ValidatorConstraint({ name: 'url' })
class WebUrl {
  validate(value: unknown): boolean {
    return isText(value) && value.length <= URL_MAX && URL.canParse(value) && /^https?:\/\/[^\s<>"]+$/i.test(value);
  }

  defaultMessage(): string {
    return `$property: expected an absolute http or https URL of at most ${URL_MAX} characters`;
  }
}

@ValidatorConstraint({ name: 'agentId' })
class AgentIdText {
  validate(value: unknown): boolean {
    return isText(value) && isAgentId(value);
  }

  defaultMessage(): string {
    return '$property: expected the id of an agent';
  }
}

@ValidatorConstraint({ name: 'skills' })
class SkillLevels {
  validate(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    return (
      entries.length <= SKILLS_MAX &&
      entries.every(
        ([name, level]) => isSkillName(name) && Number.isInteger(level) && Number(level) >= 1 && Number(level) <= 100,
      )
    );
  }

  defaultMessage(): string {
    return `$property: expected at most ${SKILLS_MAX} skills by name with levels from 1 to 100`;
  }
}

export class NotReadyDto {
  @Validate(PlainText)
  @MaxLength(REASON_MAX, { message: `reason: expected at most ${REASON_MAX} characters` })
  reason = '';
}

export class OfferDto {
  @Validate(PlainText)
  @MaxLength(TOKEN_MAX, { message: `token: expected at most ${TOKEN_MAX} characters` })
  token = '';
}

export class TextDto {
  @Validate(PlainText)
  @MaxLength(TEXT_MAX, { message: `text: expected at most ${TEXT_MAX} characters` })
  text = '';
}

export class OptionalTextDto {
  @IsOptional()
  @Validate(PlainText)
  @MaxLength(TEXT_MAX, { message: `text: expected at most ${TEXT_MAX} characters` })
  text: string | undefined;
}

export class TypingDto {
  @IsBoolean({ message: 'typing: expected true or false' })
  typing = false;
}

export class UrlDto {
  @Validate(WebUrl)
  url = '';
}

export class TargetDto {
  @IsOptional()
  @Validate(AgentIdText)
  agentId: string | undefined;

  @IsOptional()
  @Validate(SkillLevels)
  skills: Readonly<Record<string, number>> | undefined;
}

export class DispositionDto {
  @Validate(PlainText)
  @MaxLength(CODE_MAX, { message: `code: expected at most ${CODE_MAX} characters` })
  code = '';

  @IsOptional()
  @Validate(PlainText)
  @MaxLength(NOTE_MAX, { message: `note: expected at most ${NOTE_MAX} characters` })
  note: string | undefined;
}
