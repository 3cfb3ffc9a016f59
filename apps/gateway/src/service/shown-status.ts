import type { ServiceDefinition } from '@app/config';
import type { OpenService } from '@app/domain';
import type { ShownStatus } from '@app/wire';

/** Before its logic has said anything, a service waits. */
const FIRST_STATUS = 'waiting';
const FIRST_DIALOG = 'waiting_for_agent.html';
/** After its logic failed, whatever it showed before leads nowhere. */
const ERROR_DIALOG = 'error.html';

/** What an application is shown of an advanced service now. */
export const shownStatus = (
  { shown, hasLogicFailed }: Pick<OpenService, 'shown' | 'hasLogicFailed'>,
  definition: ServiceDefinition | undefined,
): ShownStatus => {
  const { status = FIRST_STATUS, dialog = definition?.options.initialDialog ?? FIRST_DIALOG } = shown ?? {};
  return { status, dialog: hasLogicFailed === true ? ERROR_DIALOG : dialog };
};
